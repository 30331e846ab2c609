/// Writes one JSON object field by field, in the one spelling that `LineReader` accepts. Keys are
/// ours and need no escape.
struct LineWriter {
    private(set) var bytes: [UInt8]
    /// Whether the next field of the object needs a comma before it.
    private var needsComma = false

    init() {
        self.bytes = []
        // A charge with its hashes is about 700 bytes.
        bytes.reserveCapacity(1024)
    }

    mutating func open(_ bracket: UInt8 = UInt8(ascii: "{")) {
        bytes.append(bracket)
        needsComma = false
    }

    mutating func close(_ bracket: UInt8 = UInt8(ascii: "}")) {
        bytes.append(bracket)
        needsComma = true
    }

    /// Begins an element of an array.
    mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    mutating func key(_ name: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        let name = name.utf8.span
        bytes.append(addingCapacity: name.count + 3) { bytes in
            bytes.append(UInt8(ascii: "\""))
            for index in name.indices { bytes.append(name[index]) }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(UInt8(ascii: ":"))
        }
    }

    mutating func integer(_ name: String, _ value: Int64) {
        precondition(value >= 0, "the ledger has no negative counts")
        key(name)
        DecimalText.appendInteger(UInt64(value), to: &bytes)
    }

    /// Each number in groups of seven bits, the lowest first; the last one's byte is below 128
    /// (LEB128). A quarter of the digits' bytes, and a sixth of the time to read them.
    mutating func integers(_ values: InlineArray<12, Int64>) {
        for index in values.indices {
            precondition(values[index] >= 0, "the ledger has no negative counts")
            var rest = UInt64(values[index])
            while rest > 127 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
    }

    mutating func boolean(_ name: String, _ value: Bool) {
        key(name)
        bytes.append(text: value ? "true" : "false")
    }

    mutating func text(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func timestamp(_ name: String, _ value: Timestamp) {
        quoted(name) { value.append(to: &$0) }
    }

    mutating func money(_ name: String, _ value: Money) {
        precondition(value.isWhole, "the ledger's sums are multiples of 0.0001 USD")
        quoted(name) {
            DecimalText.append(value.picodollars, scale: Money.scale, placesMin: 4, to: &$0)
        }
    }

    mutating func cost(_ name: String, _ value: Cost) {
        quoted(name) {
            DecimalText.append(value.femtodollars, scale: Cost.scale, placesMin: 0, to: &$0)
        }
    }

    mutating func link(_ name: String, _ value: LinkHash) {
        quoted(name) { value.append(to: &$0) }
    }

    mutating func exchange(_ name: String, _ value: ExchangeID) {
        quoted(name) { value.append(to: &$0) }
    }

    mutating func images(_ name: String, _ images: [ImageUse]) {
        key(name)
        open(UInt8(ascii: "["))
        for image in images {
            separate()
            open()
            text("model", image.model)
            text("quality", image.quality)
            text("size", image.size)
            integer("n", image.count)
            close()
        }
        close(UInt8(ascii: "]"))
    }

    mutating func quoted(_ name: String, _ body: (inout [UInt8]) -> Void) {
        key(name)
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// RFC 8259 7, with the shortest escape that exists: two characters where JSON has them, else
    /// `\u00` and two lowercase digits; everything from the space on but `"` and `\` as it is.
    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        if LineWriter.needsEscape(value.utf8.span) {
            for byte in value.utf8 { escape(byte) }
        } else {
            bytes.append(text: value)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ text: Span<UInt8>) -> Bool {
        for index in 0..<text.count where isEscaped(text[index]) { return true }
        return false
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        if !LineWriter.isEscaped(byte) {
            bytes.append(byte)
            return
        }
        bytes.append(UInt8(ascii: "\\"))
        if let short = LineWriter.shortEscape(of: byte) {
            bytes.append(short)
        } else {
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(LinkHash.hexDigit(byte >> 4))
            bytes.append(LinkHash.hexDigit(byte & 15))
        }
    }

    static func shortEscape(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
        case 0x08: return UInt8(ascii: "b")
        case 0x09: return UInt8(ascii: "t")
        case 0x0a: return UInt8(ascii: "n")
        case 0x0c: return UInt8(ascii: "f")
        case 0x0d: return UInt8(ascii: "r")
        default: return nil
        }
    }
}
