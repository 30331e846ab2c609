/// The characters of HTTP (RFC 9110 5.6) and comparisons over borrowed bytes.
enum Syntax {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let comma: UInt8 = 0x2C
    static let colon: UInt8 = 0x3A

    /// `tchar` (RFC 9110 5.6.2), as two bitmaps: what methods and field names are made of.
    static func isToken(_ byte: UInt8) -> Bool {
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        return switch byte {
        case 0..<64: low >> UInt64(byte) & 1 == 1
        case 64..<128: high >> UInt64(byte - 64) & 1 == 1
        default: false
        }
    }

    static func isToken(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where !isToken(bytes[index]) {
            return false
        }
        return !bytes.isEmpty
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    /// The value of a hexadecimal digit, `nil` for any other byte.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// ASCII only: bytes above 0x7F are not letters in HTTP.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    static func isOptionalSpace(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    /// `range` without the white space around it (OWS, RFC 9110 5.6.3).
    static func trimmed(_ range: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isOptionalSpace(bytes[start]) { start += 1 }
        while end > start, isOptionalSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    static func equals(_ bytes: Span<UInt8>, _ text: String) -> Bool {
        let expected = text.utf8.span
        guard bytes.count == expected.count else { return false }
        for index in expected.indices where bytes[index] != expected[index] { return false }
        return true
    }

    /// - Parameter text: In lower case.
    static func equalsIgnoringCase(_ bytes: Span<UInt8>, _ text: String) -> Bool {
        bytes.count == text.utf8.count && hasPrefixIgnoringCase(bytes, text)
    }

    static func equalsIgnoringCase(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where lowercased(left[index]) != lowercased(right[index]) {
            return false
        }
        return true
    }

    /// - Parameter prefix: In lower case.
    static func hasPrefixIgnoringCase(_ bytes: Span<UInt8>, _ prefix: String) -> Bool {
        let expected = prefix.utf8.span
        guard bytes.count >= expected.count else { return false }
        for index in expected.indices where lowercased(bytes[index]) != expected[index] {
            return false
        }
        return true
    }

    /// `1*DIGIT` within 63 bits; `nil` for anything else, so that no length can wrap.
    static func decimal(_ bytes: Span<UInt8>) -> Int? {
        guard !bytes.isEmpty, bytes.count <= 19 else { return nil }
        var value = 0
        for index in bytes.indices {
            guard isDigit(bytes[index]) else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int(bytes[index] - 0x30))
            if overflowed || carried { return nil }
            value = sum
        }
        return value
    }
}
