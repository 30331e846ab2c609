private import CUV

/// Comparisons of borrowed bytes with text of our own.
extension Span<UInt8> {
    /// The same bytes.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return hasPrefix(text)
    }

    @inline(__always)
    func hasPrefix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        return unsafe matches(text.utf8Start, length, at: 0)
    }

    @inline(__always)
    func hasSuffix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        return unsafe matches(text.utf8Start, length, at: count - length)
    }

    /// Whether a long text stands at `offset`, and whole.
    @inline(__always)
    func holds(_ text: StaticString, at offset: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset >= 0, count &- offset >= length else { return false }
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe memcmp(base + offset, text.utf8Start, length) == 0
        }
    }

    /// The same bytes but for the case of ASCII letters, as field names and tokens are compared
    /// (RFC 9110 5.1).
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count == length else { return false }
        for index in 0..<length {
            let other = unsafe text.utf8Start[index]
            guard self[index].asciiLowercased == other.asciiLowercased else { return false }
        }
        return true
    }

    /// As above, of two runs of bytes.
    func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count
        where self[index].asciiLowercased != other[index].asciiLowercased {
            return false
        }
        return true
    }

    @inline(__always)
    private func matches(_ text: UnsafePointer<UInt8>, _ length: Int, at offset: Int) -> Bool {
        for index in 0..<length where unsafe self[offset + index] != text[index] { return false }
        return true
    }
}

extension UInt8 {
    /// The lowercase letter of an ASCII capital; any other byte itself.
    @inline(__always)
    var asciiLowercased: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }
}
