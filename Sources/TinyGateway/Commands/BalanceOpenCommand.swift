import Billing

/// `balance open ACCOUNT SERVICE`.
enum BalanceOpenCommand {
    static let description = CommandDescription(
        "balance open", ["ACCOUNT", "pay|boost|link"],
        options: [
            .init("--grant", "USD", "credit to begin with, valid for billing.valid_days"),
            .init("--weeks", "N", "of link: weeks to begin with"),
            .init("--label", "TEXT", "for people, stands in the ledger"),
        ],
        summary: "Open a balance (or a Link pass) and make its token.",
        details: """
            ACCOUNT is an id or an e-mail address. The token is a secret: give it to its owner only.
            """)

    /// Ten years, as much as one entry can hold.
    private static let weeksBounds = 1...PassEntry.weeksMax

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let account = try office.account(invocation.positionals[0])
        guard let service = Service(invocation.positionals[1]) else {
            throw .usage("\(invocation.positionals[1]) is not a service; pay, boost or link")
        }
        guard let id = BalanceID(office.identifier("b_")) else {
            preconditionFailure("an identifier of our own")
        }
        let entry = BalanceEntry(
            balance: id, account: account.id, service: service,
            label: try Office.label(invocation.option("--label")))
        let first = try credit(invocation, id, service, office)
        office.post(.balance(entry), reply: reply) { _ in
            guard let first else { return finish(id, invocation, office, reply) }
            office.post(first, reply: reply) { _ in finish(id, invocation, office, reply) }
        }
    }

    /// The grant or the weeks that the balance begins with.
    private static func credit(
        _ invocation: Invocation, _ id: BalanceID, _ service: Service, _ office: Office
    ) throws(Refusal) -> LedgerEntry? {
        let terms = office.configuration.billing.terms
        // One key for a balance's first credit: it cannot be booked twice.
        let key = try Office.key("open-\(id.text)", "")
        if let text = invocation.option("--grant") {
            guard service.hasMoney else { throw .usage("--grant is for pay and boost; --weeks N") }
            guard invocation.option("--weeks") == nil else { throw .usage("--weeks is for link") }
            return .grant(
                GrantEntry(
                    balance: id, id: key, amount: try Office.amount(text), label: "opening",
                    expires: office.books.now.adding(days: terms.validDays)))
        }
        guard let text = invocation.option("--weeks") else { return nil }
        guard !service.hasMoney else { throw .usage("--weeks is for link; --grant USD") }
        let weeks = try Office.count(text, "--weeks", in: weeksBounds)
        return .pass(
            terms.pass(id, payment: key, weeks: weeks, current: nil, at: office.books.now))
    }

    private static func finish(
        _ id: BalanceID, _ invocation: Invocation, _ office: Office,
        _ reply: @escaping Office.Reply
    ) {
        guard let balance = office.books.ledger.balance(id) else {
            preconditionFailure("a balance whose entry is durable")
        }
        office.issueToken(balance, isJSON: invocation.isJSON, reply: reply)
    }
}
