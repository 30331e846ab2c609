/// Where an upstream is and below which path its API begins.
struct UpstreamOrigin: Equatable, Sendable {
    let host: String
    let port: Int
    let isSecure: Bool
    /// Without a slash at its end: `/v1`.
    let basePath: String

    /// The Host field: the port only where it is not the scheme's own (RFC 9110 7.2).
    var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
