/// The first line: which format the ledger has, and which ledger it is.
public struct FormatEntry: Hashable, Sendable {
    public var format: Int64
    public var id: LedgerID

    /// The format that this program writes, and the only one it reads.
    public static let current: Int64 = 1

    public init(format: Int64, id: LedgerID) {
        self.format = format
        self.id = id
    }
}

extension FormatEntry {
    func write(to line: inout LineWriter) {
        line.integer("format", format)
        line.text("id", id.text)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.format = try reader.integer("format", line)
        self.id = try reader.identifier("id", line)
    }
}
