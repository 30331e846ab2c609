import Billing

/// `account list`.
enum AccountListCommand {
    static let description = CommandDescription(
        "account list", summary: "List the customers, with the number of their balances.")

    static func run(_ invocation: Invocation, in office: Office) -> CommandOutput {
        var rows = [["account", "e-mail", "created", "balances"]]
        var lines = ""
        for account in office.directory.content.accounts {
            let count = office.books.ledger.balances.count { $0.account == account.id }
            rows.append([account.id.text, account.email, account.created.text, "\(count)"])
            var line = JSONLine()
            line.text("account", account.id.text)
            line.text("email", account.email)
            line.text("created", account.created.text)
            line.integer("balances", Int64(count))
            lines += line.line
        }
        return .done(invocation.isJSON ? lines : TextTable.render(rows, rightAligned: [3]))
    }
}
