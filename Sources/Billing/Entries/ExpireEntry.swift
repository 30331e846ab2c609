/// What was left of a lot when its time was over is gone.
public struct ExpireEntry: Hashable, Sendable {
    public var balance: BalanceID
    /// The `seq` of the entry that opened the lot: its grant, or the pool's first top-up.
    public var lot: Int64
    public var paid: Money
    public var bonus: Money

    public init(balance: BalanceID, lot: Int64, paid: Money, bonus: Money) {
        self.balance = balance
        self.lot = lot
        self.paid = paid
        self.bonus = bonus
    }
}

extension ExpireEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.integer("lot", lot)
        line.money("paid", paid)
        line.money("bonus", bonus)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.lot = try reader.integer("lot", line)
        self.paid = try reader.money("paid", line)
        self.bonus = try reader.money("bonus", line)
    }
}
