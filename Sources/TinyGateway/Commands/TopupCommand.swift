import Billing

/// `topup BALANCE USD --payment ID`.
enum TopupCommand {
    static let description = CommandDescription(
        "topup", ["BALANCE", "USD"],
        options: [.init("--payment", "ID", "the payment's own id; the same id is booked once")],
        summary: "Book a payment, with the bonus it earns.",
        details: """
            Only the amounts of billing.topups. The whole pool is then valid for billing.valid_days.
            Repeating the command with the same payment changes nothing and succeeds.
            """)

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let balance = try office.balance(invocation.positionals[0])
        let paid = try Office.amount(invocation.positionals[1])
        guard let payment = invocation.option("--payment") else {
            throw .usage("--payment ID is missing; it makes the command safe to repeat")
        }
        let key = try Office.key(payment, "--payment")
        guard balance.service.hasMoney else {
            throw Refusal("\(balance.id.text) is a Link pass; it takes weeks, not money")
        }
        let terms = office.configuration.billing.terms
        guard terms.topups.contains(paid) else {
            let amounts = terms.topups.map { $0.text }.joined(separator: ", ")
            throw Refusal(
                "\(paid.text) USD is not on offer; billing.topups has \(amounts)")
        }
        let entry = terms.topup(balance.id, payment: key, paid: paid, at: office.books.now)
        office.post(.topup(entry), reply: reply) { isRepeated in
            reply(
                CreditReply.output(
                    balance.id, office, isJSON: invocation.isJSON, isRepeated: isRepeated))
        }
    }
}
