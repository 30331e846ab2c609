/// Which paths mean the same to everyone who reads them.
enum PathRules {
    /// Whether `path` begins with a slash and has no dot segment (also as `%2e`, or before a `;`),
    /// no encoded slash or backslash, no backslash, no encoded control character and no broken
    /// percent encoding: what a router and an upstream could understand differently.
    static func isPlain(_ path: String) -> Bool {
        let bytes = path.utf8.span
        guard !bytes.isEmpty, bytes[0] == 0x2F else { return false }
        var index = 0
        // Dots that the segment consists of so far; `nil` once it has another character.
        var dots: Int?
        while index < bytes.count {
            var byte = bytes[index]
            let isEncoded = byte == 0x25
            index += 1
            if isEncoded {
                guard let decoded = decode(bytes, at: index) else { return false }
                byte = decoded
                index += 2
            }
            switch byte {
            case 0x00..<0x20, 0x7F, 0x5C: return false
            case 0x2E: dots = dots.map { $0 + 1 }
            case 0x2F:
                if isEncoded || dots == 1 || dots == 2 { return false }
                dots = 0
            case 0x3B:
                if dots == 1 || dots == 2 { return false }
                dots = nil
            default: dots = nil
            }
        }
        return dots != 1 && dots != 2
    }

    private static func decode(_ bytes: Span<UInt8>, at index: Int) -> UInt8? {
        guard index + 1 < bytes.count, let high = Syntax.hexValue(bytes[index]),
            let low = Syntax.hexValue(bytes[index + 1])
        else { return nil }
        return high << 4 | low
    }
}
