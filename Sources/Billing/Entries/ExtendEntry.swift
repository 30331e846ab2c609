/// The pool's or the pass's expiry was set by hand, to an earlier or a later moment.
public struct ExtendEntry: Hashable, Sendable {
    public var balance: BalanceID
    public var expires: Timestamp

    public init(balance: BalanceID, expires: Timestamp) {
        self.balance = balance
        self.expires = expires
    }
}

extension ExtendEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.timestamp("expires", expires)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.expires = try reader.timestamp("expires", line)
    }
}
