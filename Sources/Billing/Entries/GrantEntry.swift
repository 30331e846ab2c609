/// Credit that was given: a lot of its own, with its own expiry.
public struct GrantEntry: Hashable, Sendable {
    public var balance: BalanceID
    /// The same one is booked once.
    public var id: PaymentKey
    public var amount: Money
    /// For people; at most 256 bytes.
    public var label: String
    public var expires: Timestamp

    public init(
        balance: BalanceID, id: PaymentKey, amount: Money, label: String, expires: Timestamp
    ) {
        self.balance = balance
        self.id = id
        self.amount = amount
        self.label = label
        self.expires = expires
    }
}

extension GrantEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.text("id", id.text)
        line.money("amount", amount)
        line.text("label", label)
        line.timestamp("expires", expires)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.id = try reader.identifier("id", line)
        self.amount = try reader.money("amount", line)
        self.label = try reader.text("label", line)
        self.expires = try reader.timestamp("expires", line)
    }
}
