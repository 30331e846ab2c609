import Billing

/// `account add EMAIL`.
enum AccountAddCommand {
    static let description = CommandDescription(
        "account add", ["EMAIL"],
        summary: "Add a customer.",
        details: """
            The address stays in directory.json; the ledger knows the opaque id alone. Then open a
            balance: tinygateway balance open ACCOUNT pay.
            """)

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let email = invocation.positionals[0]
        guard Account.isEmail(email) else {
            throw .usage("\(email) is not an e-mail address like you@example.com")
        }
        if let present = office.directory.content.account(email: email) {
            throw Refusal("\(email) is there already, as \(present.id.text)")
        }
        guard let id = AccountID(office.identifier("a_")) else {
            preconditionFailure("an identifier of our own")
        }
        let account = Account(id: id, email: email, created: office.clock())
        let change: Directory.Change = { content throws(DirectoryError) in
            try content.add(account)
        }
        office.directory.change(change) { error in
            if let error { return reply(.refused(error.text)) }
            var line = JSONLine()
            line.text("account", id.text)
            let next = "Next: tinygateway balance open \(id.text) pay\n"
            reply(.done(invocation.isJSON ? line.line : "account  \(id.text)\n\(next)"))
        }
    }
}
