/// The context of all calls to upstreams, made when the first of them speaks TLS: the bundle of
/// authorities takes half a megabyte, which a gateway that calls in clear never needs.
final class TLSClientContext {
    private let caFile: String
    private let buffers: TLSBuffers
    private var made: TLSContext?

    /// - Parameter caFile: a PEM bundle; empty for the system's.
    init(caFile: String, buffers: TLSBuffers) {
        self.caFile = caFile
        self.buffers = buffers
    }

    func context() throws(TLSSetupError) -> TLSContext {
        if let made { return made }
        let trust = try TrustStore(path: caFile)
        let context = try TLSContext(trust: trust, buffers: buffers)
        made = context
        return context
    }
}
