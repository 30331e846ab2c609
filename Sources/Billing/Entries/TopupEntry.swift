/// Money was paid into the pool of a balance.
public struct TopupEntry: Hashable, Sendable {
    public var balance: BalanceID
    /// The payment's id; the same one is booked once.
    public var payment: PaymentKey
    public var paid: Money
    public var bonus: Money
    /// The pool's expiry from now on.
    public var expires: Timestamp

    public init(
        balance: BalanceID, payment: PaymentKey, paid: Money, bonus: Money, expires: Timestamp
    ) {
        self.balance = balance
        self.payment = payment
        self.paid = paid
        self.bonus = bonus
        self.expires = expires
    }
}

extension TopupEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.text("payment", payment.text)
        line.money("paid", paid)
        line.money("bonus", bonus)
        line.timestamp("expires", expires)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.payment = try reader.identifier("payment", line)
        self.paid = try reader.money("paid", line)
        self.bonus = try reader.money("bonus", line)
        self.expires = try reader.timestamp("expires", line)
    }
}
