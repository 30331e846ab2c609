/// Where an upstream is and below which path its API begins.
struct UpstreamOrigin: Equatable, Sendable {
    let host: String
    let port: Int
    let isSecure: Bool
    /// As a Host field names it.
    let authority: String
    /// Without a slash at its end: `/v1`.
    let basePath: String

    init(_ url: URL) {
        host = url.host
        port = Int(url.port)
        isSecure = url.scheme == .https
        authority = url.authority
        basePath = url.path
    }
}
