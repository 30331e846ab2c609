import Billing

/// What `topup` and `grant` print.
enum CreditReply {
    static func output(
        _ id: BalanceID, _ office: Office, isJSON: Bool, isRepeated: Bool
    ) -> CommandOutput {
        guard let balance = office.books.ledger.balance(id) else {
            preconditionFailure("a balance whose entry is durable")
        }
        let report = BalanceReport(balance: balance, record: nil)
        var output = CommandOutput.done(isJSON ? report.credit : text(balance))
        if isRepeated { output.error = "tinygateway: was booked before; nothing was added\n" }
        return output
    }

    private static func text(_ balance: Balance) -> String {
        TextTable.render([
            ["balance", balance.id.text], ["remaining", balance.remaining.text],
            ["expires", balance.expires?.text ?? "-"],
        ])
    }
}
