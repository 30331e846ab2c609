/// The tokens and values of a TOML text, read one after the other with the current line.
struct TOMLReader {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var line = 1
    /// Arrays and inline tables inside each other; a configuration has three.
    private static let depthMax = 16

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark is what some editors put before UTF-8.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    /// Steps over `byte` if it is next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        advance()
        return true
    }

    /// Steps over spaces and tabs; across lines also over line ends and comments.
    mutating func skipBlank(acrossLines: Bool) throws(ConfigurationError) {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                advance()
            case UInt8(ascii: "\n") where acrossLines:
                advance()
            case UInt8(ascii: "\r") where acrossLines:
                try takeCarriageReturn()
            case UInt8(ascii: "#") where acrossLines:
                try skipComment()
            default:
                return
            }
        }
    }

    /// What may follow a value or a header: blanks, a comment, the end of the line.
    mutating func expectLineEnd() throws(ConfigurationError) {
        try skipBlank(acrossLines: false)
        if peek == UInt8(ascii: "#") { try skipComment() }
        guard let byte = peek, byte != UInt8(ascii: "\n") else { return }
        guard byte == UInt8(ascii: "\r") else {
            throw fault("unexpected \(excerpt()) after the end of the value; one key a line")
        }
        try takeCarriageReturn()
    }

    private mutating func takeCarriageReturn() throws(ConfigurationError) {
        guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n") else {
            throw fault("a carriage return without a line feed; save the file with plain line ends")
        }
        position += 1
    }

    private mutating func skipComment() throws(ConfigurationError) {
        while let byte = peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            guard byte == 0x09 || (byte >= 0x20 && byte != 0x7F) else {
                throw fault("a control character in a comment; remove it")
            }
            advance()
        }
    }

    /// A bare or quoted key.
    mutating func key() throws(ConfigurationError) -> String {
        if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") { return try string() }
        let start = position
        while let byte = peek, Self.isBareKey(byte) { advance() }
        guard position > start else { throw fault("a key is missing before \(excerpt())") }
        return text(from: start)
    }

    /// `key = value`. `prefix` is the table's name with a dot, for messages.
    mutating func assignment(prefix: String) throws(ConfigurationError) -> TOMLEntry {
        try assignment(prefix: prefix, depth: 0)
    }

    private mutating func assignment(
        prefix: String, depth: Int
    ) throws(ConfigurationError) -> TOMLEntry {
        let start = line
        let name = try key()
        try skipBlank(acrossLines: false)
        if peek == UInt8(ascii: ".") {
            throw fault(
                "dotted keys are not supported; write the table's name above, [\(prefix)\(name)]")
        }
        guard take(UInt8(ascii: "=")) else {
            throw fault("\(prefix)\(name) has no value; write \(name) = ...")
        }
        try skipBlank(acrossLines: false)
        let value = try value(of: prefix + name, depth: depth)
        return TOMLEntry(key: name, line: start, value: value)
    }

    private mutating func value(
        of key: String, depth: Int
    ) throws(ConfigurationError) -> TOMLValue {
        let start = line
        guard depth < Self.depthMax else { throw fault("\(key) is nested too deeply") }
        guard let byte = peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r"),
            byte != UInt8(ascii: "#")
        else { throw fault("\(key) has no value after the =") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return TOMLValue(line: start, content: .string(try string()))
        case UInt8(ascii: "["):
            return TOMLValue(line: start, content: .array(try array(of: key, depth: depth)))
        case UInt8(ascii: "{"):
            return TOMLValue(line: start, content: .table(try inlineTable(key, depth: depth)))
        default:
            return TOMLValue(line: start, content: try scalar(of: key))
        }
    }

    private mutating func array(
        of key: String, depth: Int
    ) throws(ConfigurationError) -> [TOMLValue] {
        let start = line
        var values: [TOMLValue] = []
        advance()
        while true {
            try skipBlank(acrossLines: true)
            if take(UInt8(ascii: "]")) { return values }
            guard peek != nil else { break }
            values.append(try value(of: key, depth: depth + 1))
            try skipBlank(acrossLines: true)
            if take(UInt8(ascii: ",")) { continue }
            if take(UInt8(ascii: "]")) { return values }
            guard peek != nil else { break }
            throw fault(
                "\(excerpt()) inside the array \(key); write , between values and ] at the end")
        }
        throw .syntax(
            line: start, explanation: "the array \(key) is not closed; write ] at its end")
    }

    private mutating func inlineTable(
        _ key: String, depth: Int
    ) throws(ConfigurationError) -> TOMLTable {
        let table = TOMLTable(line: line, isDefined: true)
        advance()
        try skipBlank(acrossLines: false)
        if take(UInt8(ascii: "}")) { return table }
        while true {
            try skipBlank(acrossLines: false)
            let entry = try assignment(prefix: key + ".", depth: depth + 1)
            if let first = table.entry(entry.key) {
                throw .duplicateKey(line: entry.line, key: "\(key).\(entry.key)", first: first.line)
            }
            table.append(entry)
            try skipBlank(acrossLines: false)
            if take(UInt8(ascii: ",")) { continue }
            if take(UInt8(ascii: "}")) { return table }
            throw fault("the inline table \(key) is not closed on its line; write } at its end")
        }
    }

    /// `true`, `false` or an integer.
    private mutating func scalar(of key: String) throws(ConfigurationError) -> TOMLValue.Content {
        let start = position
        while let byte = peek, Self.isScalar(byte) { advance() }
        let word = text(from: start)
        if word == "true" { return .boolean(true) }
        if word == "false" { return .boolean(false) }
        if let integer = Self.integer(word) { return .integer(integer) }
        if word.isEmpty { throw fault("\(key): unexpected \(excerpt()); strings stand in quotes") }
        throw fault(
            "\(key): \(word) is neither an integer nor true or false; strings, amounts and dates "
                + "stand in quotes, \"\(word)\"")
    }

    private mutating func string() throws(ConfigurationError) -> String {
        var parser = TOMLString(bytes: bytes, position: position, line: line)
        let value = try parser.parse()
        position = parser.position
        return value
    }

    /// A decimal integer with an optional sign; `_` only between digits, no leading zero.
    static func integer(_ word: String) -> Int64? {
        var digits = Array(word.utf8)
        var sign: [UInt8] = []
        if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? [first] : []
            digits.removeFirst()
        }
        guard let first = digits.first, let last = digits.last, first != UInt8(ascii: "_"),
            last != UInt8(ascii: "_"), digits.count == 1 || first != UInt8(ascii: "0")
        else { return nil }
        var previous: UInt8 = 0
        for digit in digits {
            let isDigit = digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9")
            guard isDigit || (digit == UInt8(ascii: "_") && previous != digit) else { return nil }
            previous = digit
        }
        let plain = sign + digits.filter { $0 != UInt8(ascii: "_") }
        return Int64(String(decoding: plain, as: UTF8.self))
    }

    private static func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        isBareKey(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: ":")
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// What stands here, for messages: at most 20 characters of the line.
    private func excerpt() -> String {
        guard let byte = peek else { return "the end of the file" }
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return "the end of the line" }
        let rest = bytes[position...].prefix {
            $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
        }
        let line = String(decoding: rest, as: UTF8.self)
        return "`" + String(line.prefix(20)) + "`"
    }

    private func fault(_ explanation: String) -> ConfigurationError {
        .syntax(line: line, explanation: explanation)
    }
}
