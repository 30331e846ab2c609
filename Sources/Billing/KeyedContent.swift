/// What was booked under a key that people or webhooks chose: the same key with the same content is
/// a repetition, with other content an error. Only what the sender states is compared: expiry and
/// bonus follow from the moment and the terms.
enum KeyedContent: Hashable, Sendable {
    case topup(BalanceID, Money)
    case pass(BalanceID, weeks: Int64, Money)
    case grant(BalanceID, Money, label: String)
    case refund(BalanceID, entry: Int64)
}
