/// The fields of a head in their order, repeated ones included: the head's bytes once, and for each
/// field where its name and value lie. No field costs an allocation of its own.
struct Fields: Sendable {
    /// Where one field lies in `bytes`.
    struct Entry: Sendable {
        let name: FieldName
        let nameStart: UInt32
        let nameEnd: UInt32
        let valueStart: UInt32
        let valueEnd: UInt32

        var nameRange: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var valueRange: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// The head as it came, first line included.
    private(set) var bytes: [UInt8]
    private var entries: [Entry]
    /// The known names that occur, so that asking for an absent one does not search.
    private var present = FieldNameSet()

    init() {
        self.init(bytes: [], entries: [])
    }

    /// - Parameter entries: Their ranges lie in `bytes`.
    init(bytes: [UInt8], entries: [Entry]) {
        self.bytes = bytes
        self.entries = entries
        for entry in entries { present.insert(entry.name) }
    }

    var count: Int { entries.count }
    var indices: Range<Int> { 0..<entries.count }

    func name(at index: Int) -> FieldName { entries[index].name }

    /// Where the name at `index` lies in `bytes`.
    func nameRange(at index: Int) -> Range<Int> { entries[index].nameRange }

    /// Where the value at `index` lies in `bytes`, white space around it excluded.
    func valueRange(at index: Int) -> Range<Int> { entries[index].valueRange }

    /// Lends the name's bytes as they were sent.
    func withName<R, E: Error>(
        at index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try body(bytes.span.extracting(nameRange(at: index)))
    }

    /// Lends the value's bytes.
    func withValue<R, E: Error>(
        at index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try body(bytes.span.extracting(valueRange(at: index)))
    }

    /// The name as it was sent.
    func nameText(at index: Int) -> String {
        String(decoding: bytes[nameRange(at: index)], as: UTF8.self)
    }

    /// Bytes that are not UTF-8 come out as replacement characters.
    func value(at index: Int) -> String {
        String(decoding: bytes[valueRange(at: index)], as: UTF8.self)
    }

    func contains(_ name: FieldName) -> Bool { present.contains(name) }

    /// Fields with this known name.
    func count(of name: FieldName) -> Int {
        guard contains(name) else { return 0 }
        var count = 0
        for entry in entries where entry.name == name { count += 1 }
        return count
    }

    func firstIndex(of name: FieldName) -> Int? {
        guard contains(name) else { return nil }
        return entries.firstIndex { $0.name == name }
    }

    /// The first value of a known field.
    func first(_ name: FieldName) -> String? {
        firstIndex(of: name).map { value(at: $0) }
    }

    /// The first value of any field.
    ///
    /// - Parameter name: In lower case.
    func first(named name: String) -> String? {
        for index in indices
        where Syntax.equalsIgnoringCase(bytes.span.extracting(nameRange(at: index)), name) {
            return value(at: index)
        }
        return nil
    }

    /// For families of fields such as `x-ratelimit-*`.
    ///
    /// - Parameter prefix: In lower case.
    func nameHasPrefix(_ prefix: String, at index: Int) -> Bool {
        Syntax.hasPrefixIgnoringCase(bytes.span.extracting(nameRange(at: index)), prefix)
    }

    /// - Parameter prefix: In lower case; the field's case does not count.
    func valueHasPrefix(_ prefix: String, at index: Int) -> Bool {
        Syntax.hasPrefixIgnoringCase(bytes.span.extracting(valueRange(at: index)), prefix)
    }

    /// Whether the first field of this name has exactly this value.
    ///
    /// - Parameter text: In lower case; the field's case does not count.
    func valueEquals(_ name: FieldName, ignoringCase text: String) -> Bool {
        guard let index = firstIndex(of: name) else { return false }
        return Syntax.equalsIgnoringCase(bytes.span.extracting(valueRange(at: index)), text)
    }

    /// Adds a field behind the others.
    mutating func append(_ name: String, _ value: String) {
        append(FieldNameTable.shared.find(name.utf8.span), name, value)
    }

    mutating func append(_ name: FieldName, _ value: String) {
        precondition(name != .other, "a field that is not known is added by its text")
        append(name, name.text, value)
    }

    private mutating func append(_ known: FieldName, _ name: String, _ value: String) {
        precondition(Syntax.isToken(name.utf8.span), "a field name is a token")
        precondition(HeadWriter.isFieldValue(value), "a field value has no control characters")
        let start = UInt32(bytes.count)
        bytes += name.utf8
        let middle = UInt32(bytes.count)
        bytes += value.utf8
        entries.append(
            Entry(
                name: known, nameStart: start, nameEnd: middle, valueStart: middle,
                valueEnd: UInt32(bytes.count)))
        present.insert(known)
    }
}
