/// Who may have read along on a client's connection before it came here.
enum Exposure {
    /// Nobody: TLS ends here.
    case encrypted
    /// Nobody but this machine: the listener's address is a loopback one, or a Unix socket.
    case machine
    /// The peer is a front proxy of `behind_proxy`, which says how it was called itself.
    case proxy
    /// Everybody on the way.
    case network

    /// Whether a token in this request has travelled in clear. What `x-forwarded-proto` says counts
    /// only where the peer is one of our proxies: anybody else could write the same.
    func isInClear(_ head: RequestHead) -> Bool {
        switch self {
        case .encrypted: false
        case .machine: false
        case .proxy:
            head.fields.contains(.xForwardedProto)
                && !head.fields.valueEquals(.xForwardedProto, ignoringCase: "https")
        case .network: true
        }
    }
}

extension ListenAddress {
    /// Whether only this machine can connect.
    var isLoopback: Bool {
        switch self {
        case .tcp(let host, _): host.hasPrefix("127.") || host == "::1"
        case .unix: true
        }
    }
}
