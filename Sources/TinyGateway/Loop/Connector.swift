import CUV

/// One attempt to reach a host: resolves its name off the loop, then tries its addresses, both
/// families in turn.
///
/// Happy eyeballs in its simple form (RFC 8305): an address that does not answer within 250 ms gets
/// company from the next one, and the first connection wins. The name is resolved anew for every
/// attempt, so a host that has moved is found as soon as its old address fails.
@safe
final class Connector {
    private let loop: EventLoop
    private let completion: (Result<SocketStream, StreamError>) -> Void
    private var request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private var addresses: UnsafeMutablePointer<addrinfo>?
    /// What is still to be tried, in order.
    private var untried: [UnsafeMutablePointer<addrinfo>] = unsafe []
    private var sockets: [SocketStream] = []
    private var lastError = StreamError(code: Int32(UV_EADDRNOTAVAIL.rawValue))
    private let timer: Timer
    private var isDone = false
    private var isResolved = false

    /// Starts at once. `completion` is called once, on the loop, unless `cancel` came first.
    init(
        loop: EventLoop, host: String, port: Int,
        completion: @escaping (Result<SocketStream, StreamError>) -> Void
    ) {
        self.loop = loop
        self.completion = completion
        timer = Timer(loop: loop)
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let status = unsafe uv_getaddrinfo(
            loop.handle, request,
            { request, status, addresses in
                let connector = unsafe Unmanaged<Connector>
                    .fromOpaque(request.unsafelyUnwrapped.pointee.data).takeRetainedValue()
                unsafe connector.resolved(status, addresses)
            }, host, String(port), &hints)
        if status != 0 {
            isResolved = true
            unsafe Unmanaged.passUnretained(self).release()
            // Told from a later turn of the loop would be cleaner; a name that cannot even be asked
            // for is rare and the callers accept both.
            finish(.failure(StreamError(code: status)))
        }
    }

    deinit {
        unsafe request.deallocate()
        if let addresses = unsafe addresses { unsafe uv_freeaddrinfo(addresses) }
    }

    func cancel() {
        // A look-up that nobody waits for must not keep the one thread of the pool.
        if !isResolved {
            let look = unsafe UnsafeMutableRawPointer(request)
            _ = unsafe uv_cancel(look.assumingMemoryBound(to: uv_req_t.self))
        }
        isDone = true
        stop()
    }

    private func resolved(_ status: Int32, _ found: UnsafeMutablePointer<addrinfo>?) {
        isResolved = true
        unsafe addresses = found
        guard !isDone else { return }
        guard status == 0 else { return finish(.failure(StreamError(code: status))) }
        unsafe untried = Self.inTurn(found)
        tryNext()
    }

    /// The addresses in the system's order of preference, but the families in turn: a family that
    /// leads nowhere costs one attempt, not one for each of its addresses.
    private static func inTurn(
        _ first: UnsafeMutablePointer<addrinfo>?
    ) -> [UnsafeMutablePointer<addrinfo>] {
        var preferred: [UnsafeMutablePointer<addrinfo>] = unsafe []
        var others: [UnsafeMutablePointer<addrinfo>] = unsafe []
        var next = unsafe first
        while let address = unsafe next {
            if unsafe address.pointee.ai_family == first?.pointee.ai_family {
                unsafe preferred.append(address)
            } else {
                unsafe others.append(address)
            }
            unsafe next = address.pointee.ai_next
        }
        var ordered: [UnsafeMutablePointer<addrinfo>] = unsafe []
        for index in 0..<max(unsafe preferred.count, unsafe others.count) {
            if unsafe index < preferred.count { unsafe ordered.append(preferred[index]) }
            if unsafe index < others.count { unsafe ordered.append(others[index]) }
        }
        return unsafe ordered
    }

    private func tryNext() {
        guard !isDone else { return }
        guard unsafe !untried.isEmpty else {
            if sockets.isEmpty { finish(.failure(lastError)) }
            return
        }
        let address = unsafe untried.removeFirst()
        timer.start(after: Limits.connectionAttemptDelay) { self.tryNext() }
        do throws(StreamError) {
            let socket = unsafe try SocketStream(loop: loop, connecting: address.pointee.ai_addr) {
                socket, status in
                self.ended(socket, status)
            }
            sockets.append(socket)
        } catch {
            lastError = error
            tryNext()
        }
    }

    private func ended(_ socket: SocketStream, _ status: Int32) {
        guard !isDone else { return }
        guard status == 0 else { return failed(socket, status) }
        forget(socket)
        socket.sendWithoutDelay()
        finish(.success(socket))
    }

    private func failed(_ socket: SocketStream, _ status: Int32) {
        lastError = StreamError(code: status)
        forget(socket)
        socket.close()
        tryNext()
    }

    private func forget(_ socket: SocketStream) {
        guard let index = sockets.firstIndex(where: { $0 === socket }) else { return }
        sockets.remove(at: index)
    }

    private func finish(_ result: Result<SocketStream, StreamError>) {
        guard !isDone else { return }
        isDone = true
        stop()
        completion(result)
    }

    /// Closes what did not win.
    private func stop() {
        timer.close()
        for socket in sockets { socket.close() }
        sockets = []
    }
}
