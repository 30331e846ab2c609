/// Tells numeric addresses from names, without asking the system.
enum IPAddress {
    static func isAddress(_ text: String) -> Bool {
        isV4(text) || isV6(text)
    }

    /// Dotted decimal, each part 0 to 255 without leading zeros.
    static func isV4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.count <= 3 && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
                    && UInt8(part) != nil && (part.utf8.count == 1 || part.first != "0")
            }
    }

    /// Groups of hexadecimal digits, at most one `::` (RFC 4291 2.2); the mixed form with an IPv4
    /// tail and zones are refused.
    static func isV6(_ text: String) -> Bool {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        guard groups.count >= 3, groups.count <= 9 else { return false }
        var gaps = 0
        var written = 0
        for (index, group) in groups.enumerated() {
            if group.isEmpty {
                let isOuter = index == 0 || index == groups.count - 1
                if !isOuter { gaps += 1 }
                // `::` at either end shows as two empty groups; one alone is a stray colon.
                let neighbour = index == 0 ? groups[1] : groups[index - 1]
                if isOuter, !neighbour.isEmpty { return false }
            } else {
                guard group.utf8.count <= 4, UInt16(group, radix: 16) != nil, group.first != "+"
                else { return false }
                written += 1
            }
        }
        return gaps == 0 ? written == 8 : gaps == 1 && written <= 7
    }
}

extension ListenAddress {
    /// From the configuration: `127.0.0.1:8080` or `[::1]:8080`. Port 0 lets the system choose.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = UInt16(digits) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard IPAddress.isV6(host) else { return nil }
        } else {
            guard IPAddress.isV4(host) else { return nil }
        }
        self = .tcp(host: host, port: Int(port))
    }

    /// As the configuration writes it; a Unix socket's path.
    var text: String {
        switch self {
        case .tcp(let host, let port):
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}
