/// Reads the objects that `LineWriter` writes, field by field in the order in which they have to
/// stand. Any other order, spelling or white space is refused: so a line has one spelling, and
/// what was read can be written again byte for byte.
///
/// The line is an argument of every call because a `Span` may not be kept.
struct LineReader: Sendable {
    private(set) var position = 0
    private var needsComma = false
    private var balances: Interner<BalanceID>
    private var models: Interner<ModelName>
    private var tables: Interner<TableDigest>
    private var texts: Interner<CommonText>

    /// `remembering`: whether many lines will be read.
    init(remembering: Bool) {
        self.balances = Interner(slotCount: remembering ? 4096 : 0)
        self.models = Interner(slotCount: remembering ? 256 : 0)
        self.tables = Interner(slotCount: remembering ? 16 : 0)
        self.texts = Interner(slotCount: remembering ? 64 : 0)
    }

    var malformed: LedgerFormatError { LedgerFormatError(offset: position) }

    mutating func begin(at start: Int = 0) {
        position = start
        needsComma = false
    }

    // MARK: Structure

    mutating func byte(_ expected: UInt8, _ line: Span<UInt8>) throws(LedgerFormatError) {
        guard position < line.count, line[position] == expected else { throw malformed }
        position += 1
    }

    func isNext(_ expected: UInt8, _ line: Span<UInt8>) -> Bool {
        position < line.count && line[position] == expected
    }

    mutating func open(
        _ line: Span<UInt8>, _ bracket: UInt8 = UInt8(ascii: "{")
    ) throws(LedgerFormatError) {
        try byte(bracket, line)
        needsComma = false
    }

    mutating func close(
        _ line: Span<UInt8>, _ bracket: UInt8 = UInt8(ascii: "}")
    ) throws(LedgerFormatError) {
        try byte(bracket, line)
        needsComma = true
    }

    /// Before an element of an array.
    mutating func separate(_ line: Span<UInt8>) throws(LedgerFormatError) {
        if needsComma { try byte(UInt8(ascii: ","), line) }
        needsComma = false
    }

    mutating func newline(_ line: Span<UInt8>) throws(LedgerFormatError) {
        try byte(UInt8(ascii: "\n"), line)
        needsComma = false
    }

    mutating func key(_ name: String, _ line: Span<UInt8>) throws(LedgerFormatError) {
        let end = endOfKey(name, line)
        if end < 0 { throw malformed }
        position = end
        needsComma = true
    }

    /// Whether the next field is called `name`.
    func hasKey(_ name: String, _ line: Span<UInt8>) -> Bool {
        endOfKey(name, line) >= 0
    }

    /// Where the next field's value begins; -1 when the field is not called `name`.
    private func endOfKey(_ name: String, _ line: Span<UInt8>) -> Int {
        let key = name.utf8.span
        var index = position
        let end = index + key.count + (needsComma ? 4 : 3)
        guard end <= line.count else { return -1 }
        if needsComma {
            if line[index] != UInt8(ascii: ",") { return -1 }
            index += 1
        }
        if line[index] != UInt8(ascii: "\"") { return -1 }
        index += 1
        for offset in 0..<key.count where line[index &+ offset] != key[offset] { return -1 }
        if line[end - 2] != UInt8(ascii: "\"") || line[end - 1] != UInt8(ascii: ":") { return -1 }
        return end
    }

    // MARK: Scalars

    /// 0...10^18 - 1, without leading zeros.
    mutating func integer(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> Int64 {
        try key(name, line)
        return try digits(line)
    }

    /// What `LineWriter.integers` writes: 0...2^63 - 1, without a needless byte.
    mutating func integers(
        _ text: Span<UInt8>
    ) throws(LedgerFormatError) -> InlineArray<12, Int64> {
        var values = InlineArray<12, Int64>(repeating: 0)
        for index in values.indices {
            var value: Int64 = 0
            var shift: Int64 = 0
            while true {
                guard position < text.count, shift < 63 else { throw malformed }
                let byte = text[position]
                position += 1
                value |= Int64(byte & 127) &<< shift
                if byte < 128 {
                    if byte == 0 && shift > 0 { throw malformed }
                    break
                }
                shift += 7
            }
            values[index] = value
        }
        return values
    }

    private mutating func digits(_ line: Span<UInt8>) throws(LedgerFormatError) -> Int64 {
        let start = position
        var value: Int64 = 0
        while position < line.count, position - start < 18 {
            let digit = line[position] &- UInt8(ascii: "0")
            if digit > 9 { break }
            value = value * 10 + Int64(digit)
            position += 1
        }
        if position == start { throw malformed }
        if position - start > 1 && line[start] == UInt8(ascii: "0") { throw malformed }
        return value
    }

    mutating func boolean(_ name: String, _ line: Span<UInt8>) throws(LedgerFormatError) -> Bool {
        try key(name, line)
        let isTrue = isNext(UInt8(ascii: "t"), line)
        let word = (isTrue ? "true" : "false").utf8.span
        for index in 0..<word.count { try byte(word[index], line) }
        return isTrue
    }

    mutating func money(_ name: String, _ line: Span<UInt8>) throws(LedgerFormatError) -> Money {
        let range = try plain(name, line)
        guard
            let value = DecimalText.parse(
                line.extracting(range), scale: Money.scale, form: .exactly(4))
        else { throw malformed }
        return Money(picodollars: value)
    }

    mutating func cost(_ name: String, _ line: Span<UInt8>) throws(LedgerFormatError) -> Cost {
        let range = try plain(name, line)
        guard
            let value = DecimalText.parse(
                line.extracting(range), scale: Cost.scale, form: .trimmed),
            value >= 0
        else { throw malformed }
        return Cost(femtodollars: value)
    }

    mutating func timestamp(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> Timestamp {
        let range = try plain(name, line)
        guard let value = Timestamp(line.extracting(range)) else { throw malformed }
        return value
    }

    mutating func link(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> LinkHash {
        let range = try plain(name, line)
        guard let value = LinkHash(hex: line.extracting(range)) else { throw malformed }
        return value
    }

    // MARK: Names

    mutating func balance(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> BalanceID {
        let range = try plain(name, line)
        guard let value = balances.value(line.extracting(range)) else { throw malformed }
        return value
    }

    mutating func exchange(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> ExchangeID {
        let range = try plain(name, line)
        guard let value = ExchangeID(line.extracting(range)) else { throw malformed }
        return value
    }

    mutating func table(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> TableDigest {
        let range = try plain(name, line)
        guard let value = tables.value(line.extracting(range)) else { throw malformed }
        return value
    }

    mutating func model(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> ModelName {
        let raw = try quoted(name, line)
        if raw.hasEscape {
            guard let text = LineReader.unescaped(line.extracting(raw.range)),
                let value = ModelName(text)
            else { throw malformed }
            return value
        }
        guard let value = models.value(line.extracting(raw.range)) else { throw malformed }
        return value
    }

    mutating func modelOrNone(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> ModelName? {
        let start = position
        let hadComma = needsComma
        if try quoted(name, line).range.isEmpty { return nil }
        position = start
        needsComma = hadComma
        return try model(name, line)
    }

    mutating func identifier<Value: Identifier>(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> Value {
        guard let value = Value(try text(name, line)) else { throw malformed }
        return value
    }

    mutating func reasonIfPresent(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> Reason? {
        hasKey(name, line) ? try identifier(name, line) : nil
    }

    mutating func service(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> Service {
        guard let value = Service(try commonText(name, line)) else { throw malformed }
        return value
    }

    mutating func metered(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> Metered {
        guard let value = Metered(try commonText(name, line)) else { throw malformed }
        return value
    }

    mutating func images(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> [ImageUse] {
        try key(name, line)
        try open(line, UInt8(ascii: "["))
        var images: [ImageUse] = []
        while !isNext(UInt8(ascii: "]"), line) {
            try separate(line)
            try open(line)
            let model = try text("model", line)
            let quality = try text("quality", line)
            let size = try text("size", line)
            let count = try integer("n", line)
            images.append(ImageUse(model: model, quality: quality, size: size, count: count))
            try close(line)
        }
        try close(line, UInt8(ascii: "]"))
        return images
    }

    // MARK: Strings

    /// Any text.
    mutating func text(_ name: String, _ line: Span<UInt8>) throws(LedgerFormatError) -> String {
        let raw = try quoted(name, line)
        let bytes = line.extracting(raw.range)
        let text = raw.hasEscape ? LineReader.unescaped(bytes) : LineReader.text(bytes)
        guard let text else { throw malformed }
        return text
    }

    /// Text that probably stood in an earlier line too.
    mutating func commonText(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> String {
        let raw = try quoted(name, line)
        let bytes = line.extracting(raw.range)
        if raw.hasEscape {
            guard let text = LineReader.unescaped(bytes) else { throw malformed }
            return text
        }
        guard let value = texts.value(bytes) else { throw malformed }
        return value.text
    }

    /// A string in which nothing needs an escape: where its bytes are.
    mutating func plain(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> Range<Int> {
        let raw = try quoted(name, line)
        if raw.hasEscape { throw malformed }
        return raw.range
    }

    private struct RawString {
        let range: Range<Int>
        let hasEscape: Bool
    }

    private mutating func quoted(
        _ name: String, _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> RawString {
        try key(name, line)
        try byte(UInt8(ascii: "\""), line)
        let start = position
        var hasEscape = false
        var index = start
        while index < line.count {
            let byte = line[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return RawString(range: start..<index, hasEscape: hasEscape)
            }
            if byte < 0x20 { break }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                index &+= 1
            }
            index &+= 1
        }
        throw malformed
    }

    /// UTF-8 to text, or `nil` when it is not well-formed.
    static func text(_ bytes: Span<UInt8>) -> String? {
        guard let valid = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: valid)
    }

    /// Undoes what `LineWriter` escapes; `nil` for any other escape.
    private static func unescaped(_ bytes: Span<UInt8>) -> String? {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] != UInt8(ascii: "\\") {
                plain.append(bytes[index])
                index += 1
                continue
            }
            guard let (byte, length) = escape(bytes, index + 1) else { return nil }
            plain.append(byte)
            index += 1 + length
        }
        return text(plain.span)
    }

    /// The byte that the escape at `index` (behind the backslash) stands for, and its length.
    private static func escape(_ bytes: Span<UInt8>, _ index: Int) -> (UInt8, Int)? {
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return (bytes[index], 1)
        case UInt8(ascii: "b"): return (0x08, 1)
        case UInt8(ascii: "t"): return (0x09, 1)
        case UInt8(ascii: "n"): return (0x0a, 1)
        case UInt8(ascii: "f"): return (0x0c, 1)
        case UInt8(ascii: "r"): return (0x0d, 1)
        case UInt8(ascii: "u"):
            guard index + 5 <= bytes.count, bytes[index + 1] == UInt8(ascii: "0"),
                bytes[index + 2] == UInt8(ascii: "0"),
                let high = LinkHash.value(ofHexDigit: bytes[index + 3]),
                let low = LinkHash.value(ofHexDigit: bytes[index + 4])
            else { return nil }
            let byte = high << 4 | low
            // Anything that has a shorter spelling, or needs none, was not written by us.
            guard high < 2, LineWriter.shortEscape(of: byte) == nil else { return nil }
            return (byte, 5)
        default: return nil
        }
    }
}
