/// Money that a running exchange may come to cost. It ends as a charge, as a void, or by release.
public struct Hold: Hashable, Sendable {
    public let balance: BalanceID
    public internal(set) var amount: Money
    /// When the exchange was admitted; lots that were alive then wait for it.
    public let admitted: Timestamp
    /// Of whoever admitted it, to find something of its own again; nothing to the books.
    public internal(set) var mark = 0
}
