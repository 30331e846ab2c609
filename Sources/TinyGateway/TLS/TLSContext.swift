import CMbedTLS

/// What the connections of one side have in common: whom to trust or who we are, and what may be
/// negotiated. Connections keep it, so that one may be replaced while others still run on it.
@safe
final class TLSContext {
    let config: OpaquePointer
    let buffers: TLSBuffers
    private let identity: TLSIdentity?
    private let trust: TrustStore?

    /// For listeners.
    init(identity: TLSIdentity, buffers: TLSBuffers) throws(TLSSetupError) {
        let made = unsafe cm_config_server(
            identity.chain, identity.key, UInt32(Limits.tlsTicketSeconds))
        guard let config = unsafe made else { throw .refused }
        unsafe self.config = config
        self.buffers = buffers
        self.identity = identity
        trust = nil
    }

    /// For upstreams.
    init(trust: TrustStore, buffers: TLSBuffers) throws(TLSSetupError) {
        guard let config = unsafe cm_config_client(trust.certificates) else { throw .refused }
        unsafe self.config = config
        self.buffers = buffers
        self.trust = trust
        identity = nil
    }

    deinit {
        // Before what it borrows: `identity` and `trust` go after this.
        unsafe cm_config_free(config)
    }
}
