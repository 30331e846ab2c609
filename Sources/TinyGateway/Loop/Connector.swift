import CUV

/// One attempt to reach a host: resolves its name off the loop, then tries its addresses in order.
@safe
final class Connector {
    private let loop: EventLoop
    private let completion: (Result<SocketStream, StreamError>) -> Void
    private var request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private var addresses: UnsafeMutablePointer<addrinfo>?
    private var next: UnsafeMutablePointer<addrinfo>?
    private var socket: SocketStream?
    private var isDone = false

    /// Starts at once. `completion` is called once, on the loop, unless `cancel` came first.
    init(
        loop: EventLoop, host: String, port: Int,
        completion: @escaping (Result<SocketStream, StreamError>) -> Void
    ) {
        self.loop = loop
        self.completion = completion
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
            unsafe Unmanaged.passUnretained(self).release()
            // Told from a later turn of the loop would be cleaner; a name that cannot even be asked for is
            // rare and the callers accept both.
            finish(.failure(StreamError(code: status)))
        }
    }

    deinit {
        unsafe request.deallocate()
        if let addresses = unsafe addresses { unsafe uv_freeaddrinfo(addresses) }
    }

    func cancel() {
        isDone = true
        socket?.close()
        socket = nil
    }

    private func resolved(_ status: Int32, _ found: UnsafeMutablePointer<addrinfo>?) {
        unsafe addresses = found
        unsafe next = found
        guard !isDone else { return }
        guard status == 0 else { return finish(.failure(StreamError(code: status))) }
        tryNext(after: StreamError(code: Int32(UV_EADDRNOTAVAIL.rawValue)))
    }

    private func tryNext(after error: StreamError) {
        guard let address = unsafe next else { return finish(.failure(error)) }
        unsafe next = address.pointee.ai_next
        let socket = SocketStream(loop: loop, kind: .tcp)
        self.socket = socket
        let connect = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        unsafe connect.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let status = unsafe uv_tcp_connect(connect, socket.tcpHandle, address.pointee.ai_addr) {
            request, status in
            let request = unsafe request.unsafelyUnwrapped
            let connector = unsafe Unmanaged<Connector>
                .fromOpaque(request.pointee.data).takeRetainedValue()
            unsafe request.deallocate()
            connector.connected(status)
        }
        if status != 0 {
            unsafe Unmanaged.passUnretained(self).release()
            unsafe connect.deallocate()
            failedOver(StreamError(code: status))
        }
    }

    private func connected(_ status: Int32) {
        guard !isDone, let socket else { return }
        guard status == 0 else { return failedOver(StreamError(code: status)) }
        self.socket = nil
        socket.sendWithoutDelay()
        finish(.success(socket))
    }

    private func failedOver(_ error: StreamError) {
        socket?.close()
        socket = nil
        tryNext(after: error)
    }

    private func finish(_ result: Result<SocketStream, StreamError>) {
        guard !isDone else { return }
        isDone = true
        completion(result)
    }
}
