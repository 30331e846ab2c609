/// A price table comes into force; written in full before the first charge that names it.
public struct PricesEntry: Hashable, Sendable {
    public var digest: TableDigest
    public var table: PriceTable

    public init(digest: TableDigest, table: PriceTable) {
        self.digest = digest
        self.table = table
    }
}

extension PricesEntry {
    func write(to line: inout LineWriter) {
        line.text("digest", digest.text)
        line.key("table")
        table.write(to: &line)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.digest = try reader.identifier("digest", line)
        try reader.key("table", line)
        self.table = try reader.priceTable(line)
    }
}
