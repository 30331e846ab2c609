/// An entry is taken back: a charge is credited to the pool again, a top-up or grant is taken out
/// as far as it is not spent. Never an edit.
public struct RefundEntry: Hashable, Sendable {
    public var balance: BalanceID
    /// The `seq` of the entry that is taken back.
    public var entry: Int64
    /// What the balance gains; negative where it loses.
    public var paid: Money
    /// As `paid`.
    public var bonus: Money
    /// The same one is booked once.
    public var id: PaymentKey

    public init(balance: BalanceID, entry: Int64, paid: Money, bonus: Money, id: PaymentKey) {
        self.balance = balance
        self.entry = entry
        self.paid = paid
        self.bonus = bonus
        self.id = id
    }
}

extension RefundEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.integer("entry", entry)
        line.money("paid", paid)
        line.money("bonus", bonus)
        line.text("id", id.text)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.entry = try reader.integer("entry", line)
        self.paid = try reader.money("paid", line)
        self.bonus = try reader.money("bonus", line)
        self.id = try reader.identifier("id", line)
    }
}
