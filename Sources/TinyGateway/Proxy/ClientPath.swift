/// The parts of a path that a client asks for: perhaps a dedicated URL's token, then the API's
/// path.
struct ClientPath: Equatable {
    /// The token of a dedicated URL, `/u/TOKEN/v1/...`.
    let token: String?
    /// Behind `/v1`, with its slash: `/responses`; nil when the path is not below `/v1`.
    let api: String?

    init(_ path: String) {
        var rest = Substring(path)
        var token: String?
        if rest.hasPrefix("/u/") {
            rest = rest.dropFirst(3)
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            token = String(rest[..<end])
            rest = rest[end...]
        }
        self.token = token
        api = rest.hasPrefix("/v1/") ? String(rest.dropFirst(3)) : nil
    }

    /// The API's path of a path that has one.
    static func tail(_ path: String) -> String {
        ClientPath(path).api ?? "/"
    }
}
