/// A balance, or a pass, is opened. It starts with nothing.
public struct BalanceEntry: Hashable, Sendable {
    public var balance: BalanceID
    public var account: AccountID
    public var service: Service
    /// For people; at most 256 bytes.
    public var label: String

    public init(balance: BalanceID, account: AccountID, service: Service, label: String) {
        self.balance = balance
        self.account = account
        self.service = service
        self.label = label
    }
}

extension BalanceEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.text("account", account.text)
        line.text("service", service.text)
        line.text("label", label)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.account = try reader.identifier("account", line)
        self.service = try reader.service("service", line)
        self.label = try reader.text("label", line)
    }
}
