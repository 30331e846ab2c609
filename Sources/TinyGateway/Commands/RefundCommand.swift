import Billing

/// `refund SEQ`.
enum RefundCommand {
    static let description = CommandDescription(
        "refund", ["SEQ"],
        options: [.init("--id", "ID", "the same id is booked once, default refund-SEQ")],
        summary: "Take back an entry: a charge, a top-up or a grant, by its line's seq.",
        details: """
            A charge is credited again. A top-up or grant is taken out as far as it is not spent. The
            entry itself stays: a refund is an entry of its own, and an entry is refunded once.
            """)

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let books = office.books
        let seq = try Office.count(invocation.positionals[0], "SEQ", in: 1...Int64.max)
        let key = try Office.key(invocation.option("--id") ?? "refund-\(seq)", "--id")
        let found: LedgerPlaces.Found?
        do throws(BooksError) {
            found = try books.places.line(seq: seq)
        } catch let error {
            throw Office.refusal(error)
        }
        guard let line = found?.line else {
            throw Refusal("the ledger has no line \(seq); `tinygateway ledger show` has them all")
        }
        guard let balance = line.entry.balanceID else {
            throw Refusal(
                "line \(seq) is of no balance; only a charge, top-up or grant is refunded")
        }
        let make: PostQueue.Make = { ledger, _ throws(LedgerError) in
            .refund(try ledger.refund(of: line, id: key))
        }
        books.post(quiet: balance, making: make) { outcome in
            office.settle(outcome, reply: reply) { isRepeated in
                reply(
                    CreditReply.output(
                        balance, office, isJSON: invocation.isJSON, isRepeated: isRepeated))
            }
        }
    }
}
