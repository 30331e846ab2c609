import CUV

/// A listening socket: TCP (IPv4, IPv6) or Unix.
@safe
final class Listener {
    private let loop: EventLoop
    private let stream: UnsafeMutablePointer<uv_stream_t>
    private let isTCP: Bool
    private let accepted: (SocketStream) -> Void
    private var isClosed = false

    /// Binds and listens at once, so that a taken port is an error at start.
    init(
        loop: EventLoop, address: ListenAddress, accepted: @escaping (SocketStream) -> Void
    ) throws(StreamError) {
        self.loop = loop
        self.accepted = accepted
        let size = unsafe max(MemoryLayout<uv_tcp_t>.size, MemoryLayout<uv_pipe_t>.size)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe stream = memory.assumingMemoryBound(to: uv_stream_t.self)
        let status: Int32
        switch address {
        case .tcp(let host, let port):
            isTCP = true
            let tcp = unsafe memory.assumingMemoryBound(to: uv_tcp_t.self)
            unsafe uv_tcp_init(loop.handle, tcp)
            status = unsafe cuv_tcp_bind(tcp, host, Int32(port))
        case .unix(let path):
            isTCP = false
            let pipe = unsafe memory.assumingMemoryBound(to: uv_pipe_t.self)
            unsafe uv_pipe_init(loop.handle, pipe, 0)
            // The mask is in force between bind and chmod, when anybody could connect.
            let mask = umask(0o177)
            status = unsafe uv_pipe_bind(pipe, path)
            umask(mask)
        }
        unsafe stream.pointee.data = Unmanaged.passRetained(self).toOpaque()
        var result = status
        if result == 0 {
            unsafe result = uv_listen(stream, Limits.listenBacklog) { stream, status in
                let listener = unsafe Unmanaged<Listener>
                    .fromOpaque(stream.unsafelyUnwrapped.pointee.data).takeUnretainedValue()
                if status == 0 { listener.accept() }
            }
        }
        if result != 0 {
            close()
            throw StreamError(code: result)
        }
    }

    private func accept() {
        let socket = unsafe SocketStream(loop: loop, descriptor: cuv_take_accepted(stream))
        if isTCP { socket.sendWithoutDelay() }
        accepted(socket)
    }

    /// The port the system chose when port 0 was asked for.
    var port: Int {
        let tcp = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_tcp_t.self)
        return unsafe Int(cuv_tcp_port(tcp))
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        let handle = unsafe UnsafeMutableRawPointer(stream)
            .assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(handle) { handle in
            let handle = unsafe handle.unsafelyUnwrapped
            unsafe Unmanaged<Listener>.fromOpaque(handle.pointee.data).release()
            unsafe UnsafeMutableRawPointer(handle).deallocate()
        }
    }
}

/// Where a listener listens.
enum ListenAddress: Equatable, Sendable {
    /// A numeric IPv4 or IPv6 address (without brackets) and a port.
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// The same address with the port that the system chose.
    func with(port: Int) -> ListenAddress {
        switch self {
        case .tcp(let host, _): .tcp(host: host, port: port)
        case .unix: self
        }
    }
}
