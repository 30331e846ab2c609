/// Where a request goes (RFC 9112 3.2). Path and query are kept as they were sent.
struct RequestTarget: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        case origin
        /// `http://host/path`; its authority counts instead of the Host field (3.2.2).
        case absolute
        /// `host:port`, of CONNECT. This gateway is no tunnel: refused by the server.
        case authority
        /// `*`, of OPTIONS.
        case asterisk
    }

    let form: Form
    /// Of absolute and authority form.
    let authority: String?
    /// Begins with a slash, but for authority (empty) and asterisk form (`*`).
    let path: String
    /// Behind the first question mark, without it; `nil` when there is none.
    let query: String?

    /// Path and query as they stand in a request line in origin form.
    var text: String {
        guard let query else { return path }
        return path + "?" + query
    }

    /// A target in origin form.
    ///
    /// - Parameter text: Begins with a slash.
    init?(_ text: String) {
        guard let target = try? RequestTarget([UInt8](text.utf8).span, of: .get) else {
            return nil
        }
        self = target
    }

    init(_ bytes: Span<UInt8>, of method: Method) throws(HTTPError) {
        // Visible ASCII without "#": what is behind a fragment sign never reaches a server (3.2.1),
        // and parsers disagree about it.
        for index in bytes.indices {
            guard case 0x21...0x7E = bytes[index], bytes[index] != 0x23 else {
                throw .invalidTarget
            }
        }
        guard let first = bytes.isEmpty ? nil : bytes[0] else { throw .invalidTarget }
        let all = 0..<bytes.count
        if method == .connect {
            guard Authority.isValid(bytes, portRequired: true) else { throw .invalidTarget }
            self.init(form: .authority, authority: Self.text(all, bytes), path: "", query: nil)
        } else if first == 0x2F {
            self.init(.origin, authority: nil, pathAndQuery: all, in: bytes)
        } else if first == 0x2A, bytes.count == 1, method == .options {
            self.init(form: .asterisk, authority: nil, path: "*", query: nil)
        } else {
            self = try Self.absolute(bytes)
        }
    }

    private init(form: Form, authority: String?, path: String, query: String?) {
        self.form = form
        self.authority = authority
        self.path = path
        self.query = query
    }

    private init(
        _ form: Form, authority: String?, pathAndQuery: Range<Int>, in bytes: Span<UInt8>
    ) {
        var end = pathAndQuery.lowerBound
        while end < pathAndQuery.upperBound, bytes[end] != 0x3F { end += 1 }
        let path = Self.text(pathAndQuery.lowerBound..<end, bytes)
        let query =
            end < pathAndQuery.upperBound
            ? Self.text(end + 1..<pathAndQuery.upperBound, bytes) : nil
        self.init(form: form, authority: authority, path: path.isEmpty ? "/" : path, query: query)
    }

    private static func absolute(_ bytes: Span<UInt8>) throws(HTTPError) -> RequestTarget {
        let start: Int
        if Syntax.hasPrefixIgnoringCase(bytes, "http://") {
            start = 7
        } else if Syntax.hasPrefixIgnoringCase(bytes, "https://") {
            start = 8
        } else {
            throw .invalidTarget
        }
        var end = start
        while end < bytes.count, bytes[end] != 0x2F, bytes[end] != 0x3F { end += 1 }
        guard Authority.isValid(bytes.extracting(start..<end), portRequired: false) else {
            throw .invalidTarget
        }
        return RequestTarget(
            .absolute, authority: text(start..<end, bytes), pathAndQuery: end..<bytes.count,
            in: bytes)
    }

    /// Visible ASCII, checked above.
    private static func text(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
        let copy = [UInt8](capacity: range.count) { output in
            for index in range { output.append(bytes[index]) }
        }
        return String(decoding: copy, as: UTF8.self)
    }
}
