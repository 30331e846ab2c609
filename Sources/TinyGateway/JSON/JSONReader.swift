/// Reads one small document (RFC 8259, strictly) into a tree. For streams and large bodies there is
/// `JSONScanner`.
struct JSONReader {
    /// Containers inside of one another.
    static var depthMax: Int { 32 }

    private var at = 0
    private var depth = 0

    /// - Parameter bytesMax: a longer document is refused unread.
    // Inlined, its first value's reader is too, into each place that reads something.
    @inline(never)
    static func read(_ bytes: Span<UInt8>, bytesMax: Int) throws(JSONError) -> JSONValue {
        guard bytes.count <= bytesMax else { throw .tooLong(bytes: bytes.count, max: bytesMax) }
        var reader = JSONReader()
        let value = try reader.value(bytes)
        reader.skipSpace(bytes)
        guard reader.at == bytes.count else { throw .unexpectedByte(at: reader.at) }
        return value
    }

    static func read(_ bytes: [UInt8], bytesMax: Int) throws(JSONError) -> JSONValue {
        try read(bytes.span, bytesMax: bytesMax)
    }

    private mutating func value(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        switch try next(bytes) {
        case UInt8(ascii: "{"):
            try enter()
            let object = try object(bytes)
            depth -= 1
            return object
        case UInt8(ascii: "["):
            try enter()
            let array = try array(bytes)
            depth -= 1
            return array
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "-"), 0x30...0x39: return try number(bytes)
        case UInt8(ascii: "t"): return try literal("true", .bool(true), bytes)
        case UInt8(ascii: "f"): return try literal("false", .bool(false), bytes)
        case UInt8(ascii: "n"): return try literal("null", .null, bytes)
        default: throw .unexpectedByte(at: at)
        }
    }

    private mutating func enter() throws(JSONError) {
        guard depth < JSONReader.depthMax else { throw .tooDeep(at: at) }
        depth += 1
        at += 1
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        var members: [JSONValue.Member] = []
        if try take(UInt8(ascii: "}"), bytes) { return .object(members) }
        while true {
            guard try next(bytes) == UInt8(ascii: "\"") else { throw .unexpectedByte(at: at) }
            let name = try string(bytes)
            guard !members.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                throw .repeatedName(name)
            }
            guard try take(UInt8(ascii: ":"), bytes) else { throw .unexpectedByte(at: at) }
            members.append(JSONValue.Member(name: name, value: try value(bytes)))
            if try take(UInt8(ascii: "}"), bytes) { return .object(members) }
            guard try take(UInt8(ascii: ","), bytes) else { throw .unexpectedByte(at: at) }
        }
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        if try take(UInt8(ascii: "]"), bytes) { return .array(elements) }
        while true {
            elements.append(try value(bytes))
            if try take(UInt8(ascii: "]"), bytes) { return .array(elements) }
            guard try take(UInt8(ascii: ","), bytes) else { throw .unexpectedByte(at: at) }
        }
    }

    private mutating func literal(
        _ text: StaticString, _ value: JSONValue, _ bytes: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        let length = text.utf8CodeUnitCount
        guard bytes.count - at >= length else { throw .cutShort }
        guard bytes.extracting(at..<at + length).equals(text) else {
            throw .unexpectedByte(at: at)
        }
        at += length
        return value
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        let start = at
        var number = NumberState()
        while at < bytes.count, number.take(bytes[at]) { at += 1 }
        guard number.scalar != nil else {
            if at == bytes.count { throw .cutShort }
            throw .unexpectedByte(at: at)
        }
        let text = String(copying: bytes.extracting(start..<at))
        if let value = Int64(text) { return .integer(value) }
        return .number(text)
    }

    /// From its quotation mark to behind its end.
    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> String {
        let start = at
        var text = StringState(textMax: Int.max)
        text.begin(isKey: false, isKept: true)
        at += 1
        while true {
            let stop = bytes.firstStringEnd(in: at..<bytes.count)
            text.append(bytes.extracting(at..<stop))
            at = stop
            guard at < bytes.count else { throw .cutShort }
            if bytes[at] == UInt8(ascii: "\"") { break }
            guard bytes[at] == UInt8(ascii: "\\") else { throw .unexpectedByte(at: at) }
            at += 1
            try escape(bytes, &text)
        }
        at += 1
        text.endSurrogate()
        guard !text.sawLoneSurrogate, let string = String(validating: text.text.span) else {
            throw .badText(at: start)
        }
        return string
    }

    private mutating func escape(
        _ bytes: Span<UInt8>, _ text: inout StringState
    ) throws(JSONError) {
        guard at < bytes.count else { throw .cutShort }
        guard text.escape(bytes[at]) else { throw .unexpectedByte(at: at) }
        at += 1
        while text.hexDigits > 0 {
            guard at < bytes.count else { throw .cutShort }
            guard text.hexDigit(bytes[at]) else { throw .unexpectedByte(at: at) }
            at += 1
        }
    }

    /// The next byte that is not white space; it is not taken.
    private mutating func next(_ bytes: Span<UInt8>) throws(JSONError) -> UInt8 {
        skipSpace(bytes)
        guard at < bytes.count else { throw .cutShort }
        return bytes[at]
    }

    private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        guard try next(bytes) == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while at < bytes.count,
            bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09
        {
            at += 1
        }
    }
}
