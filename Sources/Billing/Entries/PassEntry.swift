/// Weeks of Link were bought.
public struct PassEntry: Hashable, Sendable {
    public var balance: BalanceID
    /// The payment's id; the same one is booked once.
    public var payment: PaymentKey
    public var weeks: Int64
    public var paid: Money
    /// The pass's end from now on.
    public var expires: Timestamp

    /// Ten years.
    public static let weeksMax: Int64 = 520

    public init(
        balance: BalanceID, payment: PaymentKey, weeks: Int64, paid: Money, expires: Timestamp
    ) {
        self.balance = balance
        self.payment = payment
        self.weeks = weeks
        self.paid = paid
        self.expires = expires
    }
}

extension PassEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.text("payment", payment.text)
        line.integer("weeks", weeks)
        line.money("paid", paid)
        line.timestamp("expires", expires)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.payment = try reader.identifier("payment", line)
        self.weeks = try reader.integer("weeks", line)
        self.paid = try reader.money("paid", line)
        self.expires = try reader.timestamp("expires", line)
    }
}
