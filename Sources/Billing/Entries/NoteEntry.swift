/// A remark of the operator or of the gateway.
public struct NoteEntry: Hashable, Sendable {
    /// At most 4,096 bytes.
    public var text: String

    public init(text: String) {
        self.text = text
    }
}

extension NoteEntry {
    func write(to line: inout LineWriter) {
        line.text("text", text)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.text = try reader.text("text", line)
    }
}
