/// Builds a head field by field. What it is given is our own or has passed a parser, so a value
/// that could end its line early is a mistake of ours and stops the process.
struct HeadWriter: Sendable {
    private var bytes: [UInt8] = []

    /// A response's head.
    ///
    /// - Parameter reason: `nil` for the usual phrase of this status.
    init(status: Int, reason: String? = nil) {
        precondition(100...999 ~= status, "a status code has three digits")
        bytes.reserveCapacity(512)
        bytes.append(text: "HTTP/1.1 ")
        append(decimal: status)
        bytes.append(Syntax.space)
        let reason = reason ?? Status.reason(status)
        precondition(Self.isFieldValue(reason), "a reason phrase has no control characters")
        bytes.append(text: reason)
        endLine()
    }

    /// A request's head.
    ///
    /// - Parameter target: In origin form.
    init(method: Method, target: String) {
        precondition(Self.isTarget(target), "a request target is visible ASCII")
        bytes.reserveCapacity(1024)
        bytes.append(text: method.text)
        bytes.append(Syntax.space)
        bytes.append(text: target)
        bytes.append(text: " HTTP/1.1")
        endLine()
    }

    mutating func field(_ name: FieldName, _ value: String) {
        precondition(name != .other, "a field that is not known is written by its text")
        add(name.text, value)
    }

    mutating func field(_ name: String, _ value: String) {
        precondition(Syntax.isToken(name.utf8.span), "a field name is a token")
        add(name, value)
    }

    private mutating func add(_ name: String, _ value: String) {
        precondition(Self.isFieldValue(value), "a field value has no control characters")
        bytes.append(text: name)
        endName()
        bytes.append(text: value)
        endLine()
    }

    /// For Content-Length and the like.
    mutating func field(_ name: FieldName, decimal value: Int) {
        precondition(name != .other && value >= 0, "a known name and a natural number")
        bytes.append(text: name.text)
        endName()
        append(decimal: value)
        endLine()
    }

    /// Copies the field at `index` of a parsed head, name and value as they were sent.
    mutating func field(copying index: Int, of fields: borrowing Fields) {
        append(fields.nameRange(at: index), of: fields)
        endName()
        append(fields.valueRange(at: index), of: fields)
        endLine()
    }

    /// The head with the blank line that ends it.
    consuming func finish() -> [UInt8] {
        endLine()
        return bytes
    }

    /// Whether `value` can stand in a field without changing what follows it.
    static func isFieldValue(_ value: String) -> Bool {
        let bytes = value.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 && byte != Syntax.tab || byte == 0x7F { return false }
        }
        return true
    }

    private static func isTarget(_ target: String) -> Bool {
        let bytes = target.utf8.span
        for index in bytes.indices {
            guard case 0x21...0x7E = bytes[index] else { return false }
        }
        return !bytes.isEmpty
    }

    private mutating func append(_ range: Range<Int>, of fields: borrowing Fields) {
        bytes.append(copying: fields.bytes.span.extracting(range))
    }

    private mutating func append(decimal value: Int) {
        if value >= 10 { append(decimal: value / 10) }
        bytes.append(0x30 + UInt8(value % 10))
    }

    private mutating func endName() {
        bytes.append(Syntax.colon)
        bytes.append(Syntax.space)
    }

    private mutating func endLine() {
        bytes.append(Syntax.carriageReturn)
        bytes.append(Syntax.lineFeed)
    }
}
