/// The connections to one upstream: idle ones to be used again, the youngest first, and new ones.
final class UpstreamPool {
    let loop: EventLoop
    let origin: UpstreamOrigin
    let limits: Limits
    private var idle: [UpstreamConnection] = []

    init(loop: EventLoop, origin: UpstreamOrigin, limits: Limits) {
        self.loop = loop
        self.origin = origin
        self.limits = limits
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
        guard idle.count < Limits.upstreamPoolIdle else { return false }
        idle.append(connection)
        return true
    }

    func forget(_ connection: UpstreamConnection) {
        if let index = idle.firstIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    /// Closes what is idle, so that the loop can end.
    func closeIdle() {
        for connection in idle { connection.close() }
    }
}

/// One attempt to connect, within `upstreamConnectSeconds`.
final class UpstreamAttempt: DeadlineHolder {
    private let completion: (Result<UpstreamConnection, UpstreamError>) -> Void
    private var connector: Connector?
    private var isDone = false
    private let pool: UpstreamPool
    private let deadline: Deadline

    init(
        pool: UpstreamPool,
        completion: @escaping (Result<UpstreamConnection, UpstreamError>) -> Void
    ) {
        self.pool = pool
        self.completion = completion
        deadline = Deadline(pool.loop.deadlines)
        deadline.holder = self
        deadline.set(after: .seconds(pool.limits.upstreamConnectSeconds))
        connector = Connector(loop: pool.loop, host: pool.origin.host, port: pool.origin.port) {
            result in
            self.finished(result)
        }
    }

    private func finished(_ result: Result<SocketStream, StreamError>) {
        guard !isDone else { return }
        end()
        switch result {
        case .success(let stream):
            completion(.success(UpstreamConnection(stream: stream, pool: pool)))
        case .failure:
            completion(.failure(.unreachable))
        }
    }

    func deadlinePassed(_ deadline: Deadline) {
        guard !isDone else { return }
        cancel()
        completion(.failure(.unreachable))
    }

    func cancel() {
        connector?.cancel()
        end()
    }

    private func end() {
        isDone = true
        deadline.clear()
        connector = nil
    }
}
