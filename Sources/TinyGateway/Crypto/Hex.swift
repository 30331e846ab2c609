/// Lower-case hexadecimal digits (RFC 4648 section 8, but one case only, so that a value has one
/// spelling).
enum Hex {
    static func encode(_ bytes: Span<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for index in bytes.indices {
            digits.append(digit(bytes[index] >> 4))
            digits.append(digit(bytes[index] & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// `nil` for an odd count, or anything that is not a lower-case digit.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = [UInt8](text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let upper = value(digits[index]), let lower = value(digits[index + 1]) else {
                return nil
            }
            bytes.append(upper << 4 | lower)
        }
        return bytes
    }

    /// The digit of a value below 16.
    static func digit(_ value: UInt8) -> UInt8 {
        precondition(value < 16, "a hexadecimal digit is below 16")
        return value < 10 ? 0x30 + value : 0x61 + value - 10
    }

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
