import CMbedTLS
import CUV

/// TLS over a socket. To its owner a stream like any other: plain bytes in and out, back-pressure,
/// and an end that is told as `streamEnded` only when the peer said close_notify; a connection that
/// just ends has failed.
///
/// Ciphertext is taken from what the socket lends and decrypted into the loop's buffer, all records
/// of one read together, so that they can be passed on together. While the owner does not read,
/// what was lent is copied, and then the socket is not read either: at most one read waits. The
/// connection's own half, mbedTLS's state, is made with the first byte that arrives: a peer that
/// connects and says nothing costs nothing.
@safe
final class TLSStream: ByteStream, StreamReceiver {
    enum State {
        /// Nothing has arrived yet.
        case awaited
        case shakingHands
        case open
        /// The peer's side is over; what is still to be told is in `untold`.
        case ended
        case closed
    }

    /// How the peer's side ended.
    enum End {
        case clean
        case failed(StreamError)
    }

    let socket: SocketStream
    let context: TLSContext
    /// Whom we called; nil where we were called.
    let client: TLSClient?
    var state = State.awaited
    /// mbedTLS's side of this connection.
    var stream: OpaquePointer?
    private var isReading = false
    private var isProcessing = false
    private(set) var isFinishing = false
    private var isResuming = false
    var untold: End?
    /// Ciphertext that arrived while the owner did not read.
    private var waiting: [UInt8] = []
    private var completion: ((Result<TLSStream, TLSFault>) -> Void)?
    private var deadline: HandshakeDeadline?

    /// Serves a client. The handshake has `tlsHandshakeSeconds`.
    init(accepting socket: SocketStream, context: TLSContext) {
        self.socket = socket
        self.context = context
        client = nil
        super.init()
        socket.attach(self)
        let deadline = HandshakeDeadline(self)
        deadline.setDeadline(after: .seconds(Limits.tlsHandshakeSeconds))
        self.deadline = deadline
    }

    /// Calls an upstream; `shakeHands` begins.
    init(socket: SocketStream, client: TLSClient) {
        self.socket = socket
        self.client = client
        context = client.context
        super.init()
        socket.attach(self)
    }

    deinit {
        unsafe cm_stream_free(stream)
    }

    var buffers: TLSBuffers { context.buffers }

    // MARK: The handshake

    /// A client's handshake. Who calls bounds its time.
    func shakeHands(_ completion: @escaping (Result<TLSStream, TLSFault>) -> Void) {
        self.completion = completion
        guard makeStream() else {
            untold = .failed(.brokenTLS)
            return resumeSoon()
        }
        advance()
        if state == .shakingHands { socket.startReading() }
    }

    /// - Returns: false without memory.
    private func makeStream() -> Bool {
        if let host = client?.host {
            unsafe stream = cm_stream_new(context.config, host)
        } else {
            unsafe stream = cm_stream_new(context.config, nil)
        }
        guard let made = unsafe stream else { return false }
        unsafe client?.resume(made)
        state = .shakingHands
        return true
    }

    /// - Returns: whether there is more to do now.
    private func handshakeStep(_ stream: OpaquePointer) -> Bool {
        let status = encrypting { unsafe cm_stream_handshake(stream) }
        switch status {
        case TLSStatus.done:
            state = .open
            endDeadline()
            if client != nil { unsafe client?.remember(stream) }
            let told = completion
            completion = nil
            told?(.success(self))
            return state == .open && isReading
        case TLSStatus.needsInput: return false
        case TLSStatus.needsRoom: return true
        default:
            handshakeFailed(TLSFault(status: status, faults: unsafe cm_stream_faults(stream)))
            return false
        }
    }

    private func handshakeFailed(_ fault: TLSFault) {
        client?.forget()
        endDeadline()
        guard let told = completion else { return end(.failed(.brokenTLS)) }
        completion = nil
        state = .ended
        told(.failure(fault))
    }

    fileprivate func handshakeTookLong() {
        handshakeFailed(.closed)
    }

    private func endDeadline() {
        deadline?.clearDeadline()
        deadline = nil
    }

    // MARK: What arrives

    func streamReceived(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe process($0) }
    }

    /// Works through ciphertext. The owner may close this stream, and let go of it, from within.
    private func process(_ bytes: UnsafeRawBufferPointer) {
        let kept = unsafe Unmanaged.passRetained(self)
        defer { unsafe kept.release() }
        guard unsafe stream != nil || begin(with: bytes[0]), let stream = unsafe stream else {
            return
        }
        unsafe cm_stream_set_input(stream, bytes.baseAddress, bytes.count)
        advance()
        guard state != .closed else { return freeStream() }
        let left = unsafe cm_stream_input_left(stream)
        unsafe cm_stream_set_input(stream, nil, 0)
        if state == .open, left > 0 {
            socket.stopReading()
            buffers.loop.budget.take(left)
            waiting = unsafe Array(bytes[(bytes.count - left)...])
        } else if state == .open, isReading {
            socket.startReading()
        }
    }

    /// A client's first byte. - Returns: whether a handshake may follow.
    private func begin(with first: UInt8) -> Bool {
        guard state == .awaited else { return false }
        // An alert, or a handshake: everything else of TLS comes later.
        if first == TLSRecordType.handshake, makeStream() { return true }
        if first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") {
            buffers.batch.reset()
            buffers.batch.append(PlainRequestAnswer.bytes)
            socket.send(buffers.batch)
            socket.finish()
        }
        handshakeFailed(.broken)
        return false
    }

    private func advance() {
        guard let stream = unsafe stream else { return }
        isProcessing = true
        defer { isProcessing = false }
        while true {
            switch state {
            case .shakingHands:
                guard unsafe handshakeStep(stream) else { return }
            case .open:
                guard unsafe readStep(stream) else { return }
            case .awaited, .ended, .closed:
                return
            }
        }
    }

    /// Decrypts what there is, hands it over, and then tells the end if there was one.
    /// - Returns: whether there is more to do now.
    private func readStep(_ stream: OpaquePointer) -> Bool {
        var filled = 0
        var status = TLSStatus.done
        encrypting {
            // A read always takes a whole record, so nothing decrypted stays behind in mbedTLS.
            while status == TLSStatus.done,
                filled + Limits.tlsRecordBytes <= Limits.readBufferBytes
            {
                var count = 0
                status = unsafe cm_stream_read(
                    stream, buffers.plain + filled, Limits.tlsRecordBytes, &count)
                filled += count
            }
            return status
        }
        if filled > 0 {
            unsafe receiver?.streamReceived(
                Span(_unsafeStart: UnsafePointer(buffers.plain), count: filled))
            unsafe cm_zeroize(buffers.plain, filled)
        }
        guard state == .open else { return false }
        switch status {
        case TLSStatus.done: return isReading
        case TLSStatus.needsInput:
            // A message that is none of the owner's business may have been taken instead of a
            // record.
            return unsafe isReading && cm_stream_input_left(stream) > 0
        case TLSStatus.needsRoom: return true
        case TLSStatus.newSession:
            unsafe client?.remember(stream)
            return isReading
        case TLSStatus.closed: end(.clean)
        case TLSStatus.truncated: end(.failed(.truncated))
        default: end(.failed(.brokenTLS))
        }
        return false
    }

    // MARK: Ends of the peer

    private func end(_ end: End) {
        guard state != .closed, state != .ended else { return }
        state = .ended
        socket.stopReading()
        untold = end
        // An owner that does not read does not hear of the end before it has read what came
        // earlier.
        if isReading { tellEnd() }
    }

    private func tellEnd() {
        guard let end = untold else { return }
        untold = nil
        switch end {
        case .clean: unsafe receiver?.streamEnded()
        case .failed(let error): unsafe receiver?.streamFailed(error)
        }
    }

    func streamEnded() {
        switch state {
        case .awaited, .shakingHands: handshakeFailed(.closed)
        case .open: end(.failed(.truncated))
        case .ended, .closed: break
        }
    }

    func streamFailed(_ error: StreamError) {
        switch state {
        case .awaited, .shakingHands: handshakeFailed(.closed)
        // A write may fail while nobody reads: that is told at once, as sockets do.
        case .open, .ended:
            state = .ended
            untold = nil
            unsafe receiver?.streamFailed(error)
        case .closed: break
        }
    }

    func streamDrained() {
        switch state {
        case .open, .ended: unsafe receiver?.streamDrained()
        case .awaited, .shakingHands, .closed: break
        }
    }

    // MARK: Back-pressure

    override func startReading() {
        guard state != .closed else { return }
        isReading = true
        if isProcessing { return }
        if waiting.isEmpty, untold == nil {
            if state != .ended { socket.startReading() }
        } else {
            resumeSoon()
        }
    }

    func resumeSoon() {
        if isResuming { return }
        isResuming = true
        buffers.resumeSoon(self)
    }

    /// From the loop: what waited is worked through.
    func resumed() {
        isResuming = false
        if let told = completion, untold != nil {
            completion = nil
            untold = nil
            return told(.failure(.broken))
        }
        guard state != .closed else { return }
        // That sending has failed is told whether anybody reads or not, as sockets do.
        if !isReading {
            if waiting.isEmpty, case .failed = untold { tellEnd() }
            return
        }
        if !waiting.isEmpty {
            let bytes = waiting
            waiting = []
            buffers.loop.budget.give(bytes.count)
            unsafe bytes.withUnsafeBytes { unsafe process($0) }
        } else {
            tellEnd()
        }
    }

    override func stopReading() {
        isReading = false
        if state == .open { socket.stopReading() }
    }

    // MARK: What is sent (see `TLSStream+Output`)

    override var unsentBytes: Int { socket.unsentBytes }

    @discardableResult
    override func send(_ batch: WriteBatch) -> Bool {
        encryptAll(batch)
    }

    override func finish() {
        guard !isFinishing else { return }
        sayGoodbye()
        finishBroken()
    }

    override func finishBroken() {
        guard !isFinishing else { return }
        isFinishing = true
        socket.finish()
    }

    override func close() {
        guard state != .closed else { return }
        state = .closed
        unsafe receiver = nil
        completion = nil
        endDeadline()
        buffers.loop.budget.give(waiting.count)
        waiting = []
        socket.close()
        if !isProcessing { freeStream() }
    }

    private func freeStream() {
        unsafe cm_stream_free(stream)
        unsafe stream = nil
    }
}

/// The bound of a client's handshake. Lets go of its stream when it is taken back.
private final class HandshakeDeadline: DeadlineHolder {
    private let stream: TLSStream

    init(_ stream: TLSStream) {
        self.stream = stream
        super.init(stream.context.buffers.loop.deadlines)
    }

    override func deadlinePassed() {
        stream.handshakeTookLong()
    }
}
