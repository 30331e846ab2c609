import Billing

/// `grant BALANCE USD`.
enum GrantCommand {
    static let description = CommandDescription(
        "grant", ["BALANCE", "USD"],
        options: [
            .init("--days", "N", "how long it is valid, default billing.valid_days"),
            .init("--label", "TEXT", "for people, stands in the ledger"),
            .init("--id", "ID", "the same id is booked once"),
        ],
        summary: "Give credit that nobody paid for.",
        details: "Without --id every call gives again.")

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let balance = try office.balance(invocation.positionals[0])
        let amount = try Office.amount(invocation.positionals[1])
        guard balance.service.hasMoney else {
            throw Refusal("\(balance.id.text) is a Link pass; it takes weeks, not money")
        }
        var days = office.configuration.billing.terms.validDays
        if let text = invocation.option("--days") {
            days = try Office.count(text, "--days", in: 1...3_650)
        }
        let id = invocation.option("--id") ?? office.identifier("g_")
        let entry = GrantEntry(
            balance: balance.id, id: try Office.key(id, "--id"), amount: amount,
            label: try Office.label(invocation.option("--label")),
            expires: office.books.now.adding(days: days))
        office.post(.grant(entry), reply: reply) { isRepeated in
            reply(
                CreditReply.output(
                    balance.id, office, isJSON: invocation.isJSON, isRepeated: isRepeated))
        }
    }
}
