/// An absolute `http` or `https` URL of the configuration, without user information, query or
/// fragment.
struct URL: Hashable, Sendable {
    enum Scheme: Hashable, Sendable {
        case http
        case https

        var text: String { self == .http ? "http" : "https" }
        var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    let scheme: Scheme
    /// In lower case; an IPv6 address without its brackets.
    let host: String
    let port: UInt16
    /// Without a slash at its end, so that `path + "/responses"` is a path; empty for the root.
    let path: String

    /// `nil` unless `text` is `http[s]://HOST[:PORT][/PATH]`.
    init?(_ text: String) {
        let bytes = [UInt8](text.utf8)
        let all = bytes.span
        let start: Int
        if Syntax.hasPrefixIgnoringCase(all, "http://") {
            scheme = .http
            start = 7
        } else if Syntax.hasPrefixIgnoringCase(all, "https://") {
            scheme = .https
            start = 8
        } else {
            return nil
        }
        let slash = bytes[start...].firstIndex(of: 0x2F) ?? bytes.count
        let authority = all.extracting(start..<slash)
        guard Authority.isValid(authority, portRequired: false),
            let hostEnd = Authority.endOfHost(authority)
        else { return nil }
        var name = bytes[start..<start + hostEnd].map { Syntax.lowercased($0) }
        if name.first == 0x5B { name = [UInt8](name.dropFirst().dropLast()) }
        host = String(decoding: name, as: UTF8.self)
        if start + hostEnd < slash {
            let digits = all.extracting(start + hostEnd + 1..<slash)
            guard let number = Authority.port(digits) else { return nil }
            port = number
        } else {
            port = scheme.defaultPort
        }
        var end = bytes.count
        while end > slash, bytes[end - 1] == 0x2F { end -= 1 }
        path = String(decoding: bytes[slash..<end], as: UTF8.self)
        if !path.isEmpty {
            guard let target = RequestTarget(path), target.query == nil, PathRules.isPlain(path)
            else { return nil }
        }
    }

    /// What a Host field says: the port only when it is not the scheme's own.
    var authority: String {
        let name = host.utf8.contains(Syntax.colon) ? "[" + host + "]" : host
        return port == scheme.defaultPort ? name : name + ":" + String(port)
    }

    var text: String { scheme.text + "://" + authority + path }
}
