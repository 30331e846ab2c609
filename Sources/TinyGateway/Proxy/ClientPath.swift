/// The parts of a path that a client asks for: perhaps a dedicated URL's token, then the API's
/// path.
struct ClientPath: Equatable {
    /// The token of a dedicated URL, `/u/TOKEN/v1/...`.
    let token: String?
    /// Behind `/v1`, with its slash: `/responses`; nil when the path is not below `/v1`.
    let api: String?

    init(_ path: String) {
        let bytes = path.utf8.span
        var start = 0
        var token: String?
        if bytes.hasPrefix("/u/") {
            start = 3
            while start < bytes.count, bytes[start] != UInt8(ascii: "/") { start += 1 }
            token = String(copying: bytes.extracting(3..<start))
        }
        self.token = token
        let rest = bytes.extracting(start..<bytes.count)
        api = rest.hasPrefix("/v1/") ? String(copying: rest.extracting(3..<rest.count)) : nil
    }

    /// The API's path of a path that has one.
    static func tail(_ path: String) -> String {
        ClientPath(path).api ?? "/"
    }
}
