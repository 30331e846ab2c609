import Testing

@testable import TinyGateway

/// A client and a server that speak TLS over loopback within one loop.
final class TLSHarness {
    let loop = EventLoop()
    let buffers: TLSBuffers
    let acceptor: TLSAcceptor
    let client: TLSClient
    var listener: Listener?
    var server: TLSPeer?
    var caller: TLSPeer?
    var fault: TLSFault?

    static let fixtures: String = {
        let file = #filePath
        let folder = file.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/" + folder + "/Fixtures/tls/"
    }()

    init(host: String = "gateway.test", roots: String = "authority.pem") throws {
        buffers = TLSBuffers(loop: loop)
        acceptor = try TLSAcceptor(
            certificatePath: Self.fixtures + "server.pem", keyPath: Self.fixtures + "server.key",
            buffers: buffers)
        let trust = try TrustStore(path: Self.fixtures + roots)
        client = TLSClient(context: try TLSContext(trust: trust, buffers: buffers), host: host)
    }

    /// Connects once and runs `body` when both sides are there; returns when `stop` was called.
    func run(_ body: @escaping (TLSHarness) -> Void) throws {
        let listener = try Listener(loop: loop, address: .tcp(host: "127.0.0.1", port: 0)) {
            socket in
            let peer = TLSPeer(self.acceptor.accept(socket))
            self.server = peer
            peer.stream.startReading()
        }
        self.listener = listener
        let connector = Connector(loop: loop, host: "127.0.0.1", port: listener.port) { result in
            guard case .success(let socket) = result else { return self.stop() }
            self.handshake = self.client.connect(socket) { result in
                switch result {
                case .success(let stream):
                    self.caller = TLSPeer(stream)
                    stream.startReading()
                    body(self)
                case .failure(let fault):
                    self.fault = fault
                    self.stop()
                }
            }
        }
        let guardTimer = Timer(loop: loop)
        guardTimer.start(after: .seconds(5)) { self.stop() }
        loop.run()
        guardTimer.close()
        connector.cancel()
        caller?.stream.close()
        handshake?.close()
        server?.stream.close()
        listener.close()
    }

    private var handshake: TLSStream?

    func stop() { loop.stop() }

    func send(_ bytes: [UInt8], on stream: ByteStream) -> Bool {
        loop.batch.reset()
        loop.batch.append(bytes)
        return stream.send(loop.batch)
    }
}

/// One side: what it received and how it ended.
final class TLSPeer: StreamReceiver {
    let stream: TLSStream
    var received: [UInt8] = []
    var hasEnded = false
    var error: StreamError?
    var onBytes: () -> Void = {}
    var onDrained: () -> Void = {}
    var onEnd: () -> Void = {}

    init(_ stream: TLSStream) {
        self.stream = stream
        stream.attach(self)
    }

    func streamReceived(_ bytes: Span<UInt8>) {
        for index in bytes.indices { received.append(bytes[index]) }
        onBytes()
    }

    func streamEnded() {
        hasEnded = true
        onEnd()
    }

    func streamFailed(_ error: StreamError) {
        self.error = error
        onEnd()
    }

    func streamDrained() { onDrained() }
}
