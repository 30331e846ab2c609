/// The connections of all listeners, their bounds and their end.
final class Server {
    let loop: EventLoop
    let limits: Limits
    private var listeners: [Listener] = []
    private var connections: [ServerConnection] = []
    private var connectionsByAddress: [String: Int] = [:]
    /// Addresses that stand for many clients (front proxies) and have no bound of their own.
    private let unboundedAddresses: Set<String>
    private(set) var isDraining = false
    private var drained: (() -> Void)?

    init(loop: EventLoop, limits: Limits, unboundedAddresses: Set<String> = []) {
        self.loop = loop
        self.limits = limits
        self.unboundedAddresses = unboundedAddresses
    }

    var connectionCount: Int { connections.count }

    /// Listens at once, with TLS when there is somebody to speak it.
    /// - Returns: the port, when the address has one.
    @discardableResult
    func listen(
        on address: ListenAddress, router: any RequestRouter, tls: TLSAcceptor? = nil
    ) throws(StreamError) -> Int {
        let isLocal: Bool
        switch address {
        case .tcp: isLocal = false
        case .unix: isLocal = true
        }
        let exposure = tls != nil ? Exposure.encrypted : address.isLoopback ? .machine : .network
        let listener = try Listener(loop: loop, address: address) { socket in
            self.accept(
                socket, router: router, isLocal: isLocal, tls: tls, exposure: exposure)
        }
        listeners.append(listener)
        return isLocal ? 0 : listener.port
    }

    private func accept(
        _ socket: SocketStream, router: any RequestRouter, isLocal: Bool, tls: TLSAcceptor?,
        exposure: Exposure
    ) {
        let address = isLocal ? "" : socket.peerAddress
        let isProxy = unboundedAddresses.contains(address)
        let counted = !isLocal && !isProxy
        let sameAddress = connectionsByAddress[address] ?? 0
        guard connections.count < limits.connections,
            !counted || sameAddress < limits.connectionsPerAddress
        else {
            // No answer: whoever opens this many is served soonest when they cost nothing.
            socket.close()
            return
        }
        if counted { connectionsByAddress[address] = sameAddress + 1 }
        let connection = ServerConnection(
            stream: tls?.accept(socket) ?? socket, server: self, router: router,
            address: counted ? address : "", exposure: isProxy && tls == nil ? .proxy : exposure)
        connection.place = Int32(connections.count)
        connections.append(connection)
        connection.start()
    }

    /// The connection has closed; the last one of the list takes its place.
    func remove(_ connection: ServerConnection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[Int(connection.place)] = last
            last.place = connection.place
        }
        if !connection.address.isEmpty, let count = connectionsByAddress[connection.address] {
            connectionsByAddress[connection.address] = count > 1 ? count - 1 : nil
        }
        if isDraining && connections.isEmpty { drained?() }
    }

    /// Accepts nothing more and closes what is idle; `completion` when the last connection has
    /// ended.
    func drain(completion: @escaping () -> Void) {
        isDraining = true
        drained = completion
        for listener in listeners { listener.close() }
        listeners = []
        // What closes here calls `remove`, which tells of the last one.
        if connections.isEmpty { return completion() }
        for connection in connections { connection.closeIfIdle() }
    }

    /// Ends whatever is still running.
    func closeAll() {
        for connection in connections { connection.abort() }
    }
}
