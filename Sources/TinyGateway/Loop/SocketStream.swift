import CUV

/// A TCP connection or a Unix socket.
///
/// Memory across C: `init` takes one retain of this object into `handle.data`; the close callback
/// gives it back and frees the handle; nothing else does.
@safe
final class SocketStream: ByteStream {
    private let loop: EventLoop
    private let stream: UnsafeMutablePointer<uv_stream_t>
    /// Far less than 4 GiB: an answer is not read on while any of it waits, and a body is bounded.
    private var queuedBytes: UInt32 = 0
    private var isClosing = false
    private var isFinishing = false

    enum Kind { case tcp, unix }

    init(loop: EventLoop, kind: Kind) {
        self.loop = loop
        switch kind {
        case .tcp:
            let tcp = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
            unsafe uv_tcp_init(loop.handle, tcp)
            unsafe stream = UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_stream_t.self)
        case .unix:
            let pipe = UnsafeMutablePointer<uv_pipe_t>.allocate(capacity: 1)
            unsafe uv_pipe_init(loop.handle, pipe, 0)
            unsafe stream = UnsafeMutableRawPointer(pipe).assumingMemoryBound(to: uv_stream_t.self)
        }
        super.init()
        unsafe stream.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Accepts a connection that waits on a listening handle.
    func accept(from listener: UnsafeMutablePointer<uv_stream_t>) -> Bool {
        unsafe uv_accept(listener, stream) == 0
    }

    /// Nagle's algorithm would hold back the end of an event.
    func sendWithoutDelay() {
        unsafe uv_tcp_nodelay(tcpHandle, 1)
    }

    var tcpHandle: UnsafeMutablePointer<uv_tcp_t> {
        unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_tcp_t.self)
    }

    /// The peer's address without its port; empty for a Unix socket.
    var peerAddress: String {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let address = unsafe UnsafeMutableRawPointer(pointer)
                .assumingMemoryBound(to: sockaddr.self)
            guard unsafe uv_tcp_getpeername(tcpHandle, address, &length) == 0 else { return "" }
            return addressText(address)
        }
    }

    override var unsentBytes: Int { Int(queuedBytes) }

    override func startReading() {
        guard !isClosing else { return }
        unsafe uv_read_start(stream, lendReadBuffer) { stream, count, buffer in
            // The handle's own retain is given back in a later callback: none is needed here.
            unsafe Unmanaged<SocketStream>.fromOpaque(stream.unsafelyUnwrapped.pointee.data)
                ._withUnsafeGuaranteedRef { unsafe $0.received(count, buffer.unsafelyUnwrapped) }
        }
    }

    @inline(__always)
    private func received(_ count: Int, _ buffer: UnsafePointer<uv_buf_t>) {
        if count > 0 {
            let bytes = unsafe UnsafeRawPointer(buffer.pointee.base)
                .unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            unsafe receiver?.streamReceived(Span(_unsafeStart: bytes, count: count))
        } else if count < 0 {
            ended(Int32(count))
        }
    }

    private func ended(_ status: Int32) {
        unsafe uv_read_stop(stream)
        var code = status
        // After a short read libuv takes a hang-up for the end without reading on, so a reset looks
        // like a clean end. Only the socket's own error tells them apart.
        if code == UV_EOF.rawValue {
            let error = unsafe cuv_socket_error(stream)
            if error != 0 { code = error }
        }
        if code == UV_EOF.rawValue {
            unsafe receiver?.streamEnded()
        } else {
            unsafe receiver?.streamFailed(StreamError(code: code))
        }
    }

    override func stopReading() {
        guard !isClosing else { return }
        unsafe uv_read_stop(stream)
    }

    @discardableResult
    override func send(_ batch: WriteBatch) -> Bool {
        guard !isClosing, !batch.isEmpty else { return true }
        var sent = 0
        if queuedBytes == 0 {
            let result = unsafe uv_try_write(stream, batch.slices, UInt32(batch.count))
            // An error is left to uv_write, whose callback reports it outside of this call.
            sent = max(0, Int(result))
            if sent == batch.byteCount { return true }
        }
        queue(batch, skipping: sent)
        return false
    }

    /// Copies what the kernel did not take and gives it to libuv's queue.
    private func queue(_ batch: WriteBatch, skipping sent: Int) {
        let write = QueuedWrite(stream: self, count: batch.byteCount - sent)
        var skip = sent
        var place = unsafe write.bytes
        for index in 0..<batch.count {
            let slice = unsafe batch.slices[index]
            let dropped = unsafe min(skip, slice.len)
            skip -= dropped
            let rest = unsafe slice.len - dropped
            if rest > 0 { unsafe memcpy(place, slice.base + dropped, rest) }
            unsafe place += rest
        }
        queuedBytes += UInt32(write.count)
        loop.budget.take(write.count)
        unsafe write.start(on: stream)
    }

    fileprivate func wrote(_ count: Int, status: Int32) {
        queuedBytes -= UInt32(count)
        loop.budget.give(count)
        guard !isClosing else { return }
        if status < 0 {
            unsafe receiver?.streamFailed(StreamError(code: status, isOfWriting: true))
        } else if queuedBytes == 0 {
            unsafe receiver?.streamDrained()
        }
    }

    override func finish() {
        guard !isClosing, !isFinishing else { return }
        isFinishing = true
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let status = unsafe uv_shutdown(request, stream) { request, _ in
            unsafe request.unsafelyUnwrapped.deallocate()
        }
        if status != 0 { unsafe request.deallocate() }
    }

    override func close() {
        guard !isClosing else { return }
        isClosing = true
        unsafe receiver = nil
        let handle = unsafe UnsafeMutableRawPointer(stream)
            .assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(handle) { handle in
            let handle = unsafe handle.unsafelyUnwrapped
            unsafe Unmanaged<SocketStream>.fromOpaque(handle.pointee.data).release()
            unsafe UnsafeMutableRawPointer(handle).deallocate()
        }
    }
}

/// One copied remainder in libuv's queue. Retained by its request until the callback.
@safe
private final class QueuedWrite {
    private let stream: SocketStream
    private let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
    let bytes: UnsafeMutableRawPointer
    let count: Int

    init(stream: SocketStream, count: Int) {
        self.stream = stream
        self.count = count
        unsafe bytes = .allocate(byteCount: count, alignment: 1)
    }

    deinit {
        unsafe request.deallocate()
        unsafe bytes.deallocate()
    }

    func start(on handle: UnsafeMutablePointer<uv_stream_t>) {
        unsafe request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        var slice = unsafe uv_buf_init(
            bytes.assumingMemoryBound(to: CChar.self), UInt32(count))
        let status = unsafe uv_write(request, handle, &slice, 1) { request, status in
            let write = unsafe Unmanaged<QueuedWrite>
                .fromOpaque(request.unsafelyUnwrapped.pointee.data).takeRetainedValue()
            write.stream.wrote(write.count, status: status)
        }
        check(status == 0, "uv_write refused a write on an open stream")
    }
}
