/// Makes the pools of the configured upstreams, which share whom they trust.
struct Upstreams {
    private let loop: EventLoop
    private let limits: Limits
    private let alarms: Alarms
    private let tls: TLSClientContext

    /// - Throws: when what is configured of TLS cannot be used. The system's own bundle is first
    ///   read when somebody needs it, unless the managed upstream does for certain.
    init(
        _ configuration: Configuration, loop: EventLoop, buffers: TLSBuffers, alarms: Alarms
    ) throws(Refusal) {
        self.loop = loop
        self.alarms = alarms
        limits = configuration.limits
        let upstream = configuration.upstream
        tls = TLSClientContext(caFile: upstream.caFile, buffers: buffers)
        guard !upstream.caFile.isEmpty || upstream.managed.url.scheme == .https else { return }
        do throws(TLSSetupError) {
            _ = try tls.context()
        } catch {
            throw Refusal("upstream.ca_file: \(error.text)")
        }
    }

    func pool(_ url: URL) -> UpstreamPool {
        let pool = UpstreamPool(loop: loop, origin: UpstreamOrigin(url), limits: limits, tls: tls)
        let alarms = alarms
        pool.onTLSFault = { alarms.raise("upstream not trusted", $0) }
        return pool
    }
}
