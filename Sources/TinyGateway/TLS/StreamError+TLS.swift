import CUV

extension StreamError {
    /// The peer's connection ended without close_notify: somebody may have cut it.
    static let truncated = StreamError(code: Int32(UV_ECONNRESET.rawValue))
    /// What the peer sent is not TLS as it should be.
    static let brokenTLS = StreamError(code: Int32(UV_EPROTO.rawValue))
}
