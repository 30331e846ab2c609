/// The connections to one upstream: idle ones to be used again, the youngest first, and new ones.
final class UpstreamPool {
    let loop: EventLoop
    let origin: UpstreamOrigin
    let limits: Limits
    /// Speaks TLS where the origin wants it, from the first connection on.
    private(set) var tls: TLSClient?
    private let context: TLSClientContext
    /// Told why a handshake failed, a sentence for the operator.
    var onTLSFault: (String) -> Void = { _ in }
    private var idle: [UpstreamConnection] = []

    init(loop: EventLoop, origin: UpstreamOrigin, limits: Limits, tls: TLSClientContext) {
        context = tls
        self.loop = loop
        self.origin = origin
        self.limits = limits
    }

    /// Who speaks TLS to the origin.
    fileprivate func client() throws(TLSSetupError) -> TLSClient {
        if let tls { return tls }
        let client = TLSClient(context: try context.context(), host: origin.host)
        tls = client
        return client
    }

    /// An idle connection that the upstream has not closed as far as the kernel knows.
    func takeIdle() -> UpstreamConnection? {
        idle.popLast()
    }

    /// Opens a new connection. `completion` comes on the loop, unless the attempt is cancelled.
    func connect(
        _ completion: @escaping (Result<UpstreamConnection, UpstreamError>) -> Void
    ) -> UpstreamAttempt {
        UpstreamAttempt(pool: self, completion: completion)
    }

    /// - Returns: false when there are enough idle connections already.
    func keep(_ connection: UpstreamConnection) -> Bool {
        guard idle.count < (origin.isSecure ? Limits.tlsPoolIdle : Limits.upstreamPoolIdle) else {
            return false
        }
        idle.append(connection)
        return true
    }

    /// How long a connection may wait for its next request.
    var idleSeconds: Int {
        origin.isSecure ? Limits.tlsPoolIdleSeconds : Limits.upstreamPoolIdleSeconds
    }

    func forget(_ connection: UpstreamConnection) {
        if let index = idle.firstIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    /// Closes what is idle, so that the loop can end.
    func closeIdle() {
        for connection in idle { connection.closeIdle() }
    }
}

/// One attempt to connect, the TLS handshake included, within `upstreamConnectSeconds`.
final class UpstreamAttempt: DeadlineHolder {
    private let completion: (Result<UpstreamConnection, UpstreamError>) -> Void
    private var connector: Connector?
    /// Connected, and shaking hands.
    private var handshake: TLSStream?
    private(set) var isDone = false
    private let pool: UpstreamPool

    init(
        pool: UpstreamPool,
        completion: @escaping (Result<UpstreamConnection, UpstreamError>) -> Void
    ) {
        self.pool = pool
        self.completion = completion
        super.init(pool.loop.deadlines)
        setDeadline(after: .seconds(pool.limits.upstreamConnectSeconds))
        connector = Connector(loop: pool.loop, host: pool.origin.host, port: pool.origin.port) {
            result in
            self.finished(result)
        }
    }

    private func finished(_ result: Result<SocketStream, StreamError>) {
        guard !isDone else { return }
        connector = nil
        switch result {
        case .success(let socket):
            guard pool.origin.isSecure else { return succeeded(socket) }
            shakeHands(on: socket)
        case .failure:
            failed()
        }
    }

    private func shakeHands(on socket: SocketStream) {
        do throws(TLSSetupError) {
            let stream = try pool.client().connect(socket) { result in self.shookHands(result) }
            // It may have failed at once.
            if !isDone { handshake = stream }
        } catch {
            socket.close()
            pool.onTLSFault("upstream.ca_file: \(error.text)")
            failed()
        }
    }

    private func shookHands(_ result: Result<TLSStream, TLSFault>) {
        guard !isDone else { return }
        switch result {
        case .success(let stream):
            handshake = nil
            succeeded(stream)
        case .failure(let fault):
            pool.onTLSFault(fault.text(host: pool.origin.host))
            failed()
        }
    }

    private func succeeded(_ stream: ByteStream) {
        end()
        completion(.success(UpstreamConnection(stream: stream, pool: pool)))
    }

    private func failed() {
        end()
        completion(.failure(.unreachable))
    }

    override func deadlinePassed() {
        guard !isDone else { return }
        connector?.cancel()
        failed()
    }

    func cancel() {
        connector?.cancel()
        end()
    }

    private func end() {
        isDone = true
        clearDeadline()
        connector = nil
        handshake?.close()
        handshake = nil
    }
}
