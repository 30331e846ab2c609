import Billing

/// `pass renew BALANCE`.
enum PassRenewCommand {
    static let description = CommandDescription(
        "pass renew", ["BALANCE"],
        options: [
            .init("--weeks", "N", "how many weeks are bought"),
            .init("--payment", "ID", "the payment's own id; the same id is booked once"),
        ],
        summary: "Extend a Link pass by weeks.",
        details: """
            From the pass's end, or from now when that is over. Repeating the command with the same
            payment changes nothing and succeeds.
            """)

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let balance = try office.balance(invocation.positionals[0])
        guard let text = invocation.option("--weeks") else {
            throw .usage("--weeks N is missing")
        }
        let weeks = try Office.count(text, "--weeks", in: 1...PassEntry.weeksMax)
        guard let payment = invocation.option("--payment") else {
            throw .usage("--payment ID is missing; it makes the command safe to repeat")
        }
        let key = try Office.key(payment, "--payment")
        guard !balance.service.hasMoney else {
            throw Refusal("\(balance.id.text) is no Link pass; it takes money by `topup`")
        }
        let terms = office.configuration.billing.terms
        // The end that a renewal before this one makes is the one to extend.
        let make: PostQueue.Make = { ledger, moment in
            .pass(
                terms.pass(
                    balance.id, payment: key, weeks: weeks,
                    current: ledger.balance(balance.id)?.passExpires, at: moment))
        }
        office.books.post(making: make) { outcome in
            office.settle(outcome, reply: reply) { isRepeated in
                reply(
                    CreditReply.output(
                        balance.id, office, isJSON: invocation.isJSON, isRepeated: isRepeated))
            }
        }
    }
}
