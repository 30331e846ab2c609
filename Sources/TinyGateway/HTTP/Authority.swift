/// `host [":" port]` (RFC 3986 3.2), as strict as a gateway needs it: names of letters, digits,
/// `-`, `.` and `_`, IPv4 addresses, IPv6 addresses in brackets; no user information.
enum Authority {
    static func isValid(_ bytes: Span<UInt8>, portRequired: Bool) -> Bool {
        guard let hostEnd = endOfHost(bytes) else { return false }
        if hostEnd == bytes.count { return !portRequired }
        guard bytes[hostEnd] == Syntax.colon else { return false }
        return port(bytes.extracting(hostEnd + 1..<bytes.count)) != nil
    }

    /// Where the host stops, brackets included; `nil` when there is no valid one.
    static func endOfHost(_ bytes: Span<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return nil }
        var end = 0
        if bytes[0] == 0x5B {
            end = 1
            while end < bytes.count, isAddressByte(bytes[end]) { end += 1 }
            guard end > 2, end < bytes.count, bytes[end] == 0x5D else { return nil }
            return end + 1
        }
        while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
        return end > 0 ? end : nil
    }

    /// 1 to 65535, in at most five digits.
    static func port(_ bytes: Span<UInt8>) -> UInt16? {
        guard bytes.count <= 5, let number = Syntax.decimal(bytes), number > 0 else { return nil }
        return UInt16(exactly: number)
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        Syntax.hexValue(byte) != nil || byte == Syntax.colon || byte == 0x2E
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
