import CUV

/// A TCP connection or a Unix socket.
///
/// Memory across C: epoll knows an open socket by its address, so `init` takes one retain, and
/// `close` hands it to the loop, which gives it back when no event of the socket can be left.
@safe
final class SocketStream: ByteStream {
    private let loop: EventLoop
    /// What the kernel did not take, and a connection that is not one yet; nil nearly always.
    private var waiting: SocketWaiting?
    /// -1 once it is closed: its number may be another socket's by then.
    private var descriptor: Int32
    /// What epoll tells of. More than is wanted only until it tells so: a pause that ends before
    /// anything came costs no system call.
    private var interest: UInt8 = 0
    private var isReading = false
    private var isFinishing = false
    /// A reset was met by sending: the end that reading finds then is none.
    private var wasReset = false

    /// Takes over a socket that is connected.
    init(loop: EventLoop, descriptor: Int32) {
        self.loop = loop
        self.descriptor = descriptor
        super.init()
        _ = unsafe Unmanaged.passRetained(self)
    }

    /// Begins to connect. `connected` comes once, on the loop, with 0 or an error, unless the
    /// socket is closed before.
    convenience init(
        loop: EventLoop, connecting address: UnsafePointer<sockaddr>,
        connected: @escaping (SocketStream, Int32) -> Void
    ) throws(StreamError) {
        let descriptor = unsafe cuv_socket_connect(address)
        guard descriptor >= 0 else { throw StreamError(code: descriptor) }
        self.init(loop: loop, descriptor: descriptor)
        waiting = SocketWaiting(connected: connected)
        watch()
    }

    /// Nagle's algorithm would hold back the end of an event.
    func sendWithoutDelay() {
        cuv_socket_no_delay(descriptor)
    }

    /// The peer's address without its port; empty for a Unix socket.
    var peerAddress: String {
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            guard unsafe cuv_socket_peer(descriptor, pointer) == 0 else { return "" }
            return unsafe addressText(
                UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self))
        }
    }

    override var unsentBytes: Int { waiting?.byteCount ?? 0 }

    private var isClosing: Bool { descriptor < 0 }

    // MARK: What happens

    private func watch() {
        let wanted =
            (isReading ? cuv_epoll_in : 0) | (waiting == nil ? 0 : cuv_epoll_out)
        guard wanted != interest else { return }
        loop.watch(self, descriptor, UInt32(interest), wanted)
        interest = UInt8(wanted)
    }

    /// Called by the loop. Errors and hang-ups are told whatever is wanted: reading and writing
    /// find out what they are.
    @inline(__always)
    func ready(_ events: UInt32) {
        if events == cuv_epoll_in, isReading { return receive() }
        otherwiseReady(events)
    }

    @inline(never)
    private func otherwiseReady(_ events: UInt32) {
        guard !isClosing else { return }
        if isReading, events != cuv_epoll_out {
            receive()
            // What came before a reset can still be read, and reading tells of it. To send would
            // take the error: an answer in front of it would be lost.
            if events & ~(cuv_epoll_in | cuv_epoll_out) != 0 { return }
        }
        guard !isClosing else { return }
        if waiting != nil, events != cuv_epoll_in { sendWaiting() }
        guard !isClosing else { return }
        if !isReading { watch() }
    }

    override func startReading() {
        guard !isClosing else { return }
        isReading = true
        watch()
    }

    override func stopReading() {
        isReading = false
    }

    @inline(__always)
    private func receive() {
        // A full buffer means that there is more; but others have a right to their turn.
        var rounds = 0
        var count = 0
        repeat {
            count = unsafe cuv_socket_read(descriptor, loop.readBuffer, Limits.readBufferBytes)
            guard count > 0 else {
                if count != -Int(EAGAIN) { ended(Int32(count)) }
                return
            }
            let bytes = unsafe loop.readBuffer.assumingMemoryBound(to: UInt8.self)
            unsafe receiver?.streamReceived(Span(_unsafeStart: bytes, count: count))
            rounds += 1
        } while count == Limits.readBufferBytes && isReading && rounds < Limits.readRounds
    }

    private func ended(_ status: Int32) {
        isReading = false
        watch()
        if status == 0, wasReset {
            unsafe receiver?.streamFailed(StreamError(code: -ECONNRESET))
        } else if status == 0 {
            unsafe receiver?.streamEnded()
        } else {
            unsafe receiver?.streamFailed(StreamError(code: status))
        }
    }

    // MARK: Sending

    @discardableResult
    override func send(_ batch: WriteBatch) -> Bool {
        guard !isClosing, !batch.isEmpty else { return true }
        var sent = 0
        if waiting == nil {
            // An error is met again outside of this call, and told there.
            sent = unsafe write(batch.slices, Int32(batch.count))
            if sent == batch.byteCount { return true }
            sent = max(0, sent)
        }
        let rest = batch.copy(skipping: sent)
        loop.budget.take(rest.count)
        let waiting = self.waiting ?? SocketWaiting()
        self.waiting = waiting
        waiting.append(rest)
        watch()
        return false
    }

    /// - Returns: how many bytes the kernel took, or the negated errno.
    @inline(__always)
    private func write(_ slices: UnsafePointer<uv_buf_t>, _ count: Int32) -> Int {
        let sent = unsafe cuv_socket_write(descriptor, slices, count)
        if sent == -Int(ECONNRESET) { wasReset = true }
        return sent
    }

    private func sendWaiting() {
        guard let waiting else { return }
        if let connected = waiting.connected { return finishConnecting(connected) }
        let sent = waiting.withFirst { bytes in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                var slice = unsafe uv_buf_t(
                    base: UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
                        .assumingMemoryBound(to: CChar.self), len: bytes.count)
                return unsafe write(&slice, 1)
            }
        }
        guard sent >= 0 else {
            if sent != -Int(EAGAIN) { sendingFailed(Int32(sent)) }
            return
        }
        loop.budget.give(waiting.drop(sent))
        guard waiting.byteCount == 0 else { return }
        self.waiting = nil
        watch()
        if isFinishing { cuv_socket_shutdown(descriptor) }
        unsafe receiver?.streamDrained()
    }

    private func sendingFailed(_ status: Int32) {
        dropWaiting()
        watch()
        unsafe receiver?.streamFailed(StreamError(code: status, isOfWriting: true))
    }

    private func dropWaiting() {
        loop.budget.give(waiting?.heldBytes ?? 0)
        waiting = nil
    }

    private func finishConnecting(_ connected: (SocketStream, Int32) -> Void) {
        let error = cuv_socket_error(descriptor)
        waiting = nil
        // Whoever is told begins to read: one change of what is waited for, not two.
        connected(self, error)
    }

    override func finish() {
        guard !isClosing, !isFinishing else { return }
        isFinishing = true
        if waiting == nil { cuv_socket_shutdown(descriptor) }
    }

    override func close() {
        guard !isClosing else { return }
        isReading = false
        unsafe receiver = nil
        dropWaiting()
        cuv_socket_close(descriptor)
        descriptor = -1
        loop.forget(self, wasWatched: interest != 0)
        unsafe Unmanaged.passUnretained(self).release()
    }
}
