/// One string of a TOML text on one line: `"basic"` with escapes or `'literal'` without.
struct TOMLString {
    let bytes: [UInt8]
    /// At the opening quote; behind the closing one after `parse`.
    var position: Int
    let line: Int

    /// - Throws: `ConfigurationError.syntax`.
    mutating func parse() throws(ConfigurationError) -> String {
        let quote = bytes[position]
        if position + 2 < bytes.count, bytes[position + 1] == quote, bytes[position + 2] == quote {
            throw fault("multi-line strings are not supported; write the text on one line")
        }
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == quote { return String(decoding: content, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            guard byte == 0x09 || (byte >= 0x20 && byte != 0x7F) else {
                throw fault("a control character in a string; write it as \\u00XX")
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(into: &content)
            } else {
                content.append(byte)
            }
        }
        throw fault("a string is not closed on its line")
    }

    private mutating func escape(into content: inout [UInt8]) throws(ConfigurationError) {
        guard position < bytes.count else { throw fault("a string is not closed on its line") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "u"): content += try scalar(digits: 4)
        case UInt8(ascii: "U"): content += try scalar(digits: 8)
        default:
            throw fault("an unknown escape in a string; write a backslash as \\\\")
        }
    }

    private mutating func scalar(digits: Int) throws(ConfigurationError) -> [UInt8] {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard position < bytes.count, let digit = Self.hexadecimal(bytes[position]) else {
                throw fault("\\\(digits == 4 ? "u" : "U") needs \(digits) hexadecimal digits")
            }
            value = value << 4 | digit
            position += 1
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw fault("an escape that is not a Unicode character")
        }
        return Array(String(String.UnicodeScalarView([scalar])).utf8)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private func fault(_ explanation: String) -> ConfigurationError {
        .syntax(line: line, explanation: explanation)
    }
}
