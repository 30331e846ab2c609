/// One client's connection: request heads in, one answer at a time out, kept alive between them.
///
/// The request and the answer run beside each other (an answer may begin before the content has
/// ended), so each has its own state. What arrives while nobody wants it - content under
/// back-pressure, a pipelined request - waits in `waiting`, and then nothing more is read. The
/// answer's half is in `ServerConnection+Answer.swift`.
final class ServerConnection: DeadlineHolder, StreamReceiver {
    enum RequestState {
        /// Between requests, or inside a head.
        case head
        case content
        case complete
    }

    enum AnswerState {
        /// No request, or one that nobody has answered yet.
        case none
        case streaming
        case complete
    }

    enum Life {
        case open
        /// Our side has ended; what the client still sends is thrown away, because closing a socket
        /// with unread bytes resets it and would take the answer with it (RFC 9112 9.6).
        case lingering
        case closed
    }

    // What each piece of an answer touches stands first and together.
    let stream: ByteStream
    let batch: WriteBatch
    var writer = MessageWriter()
    var life = Life.open
    var request = RequestState.head
    var answer = AnswerState.none
    var keepAlive = false
    var isHeadRequest = false
    var minorVersion: UInt8 = 1

    let exposure: Exposure
    private var isPaused = false
    private var isProcessing = false
    private var owesContinue = false
    /// Where the server's list has this connection.
    var place: Int32 = 0
    let server: Server
    private let router: any RequestRouter
    /// The address that counts against `connectionsPerAddress`; empty when none does.
    let address: String
    private(set) var responder: (any Responder)?
    /// Nil before the first byte of a request and behind its last: an idle connection, or one whose
    /// answer takes an hour, needs none.
    private var reading: RequestReading?
    private var waiting: [UInt8] = []
    /// Bytes of content since the window of `bodySeconds` began; while lingering, bytes thrown
    /// away.
    private var windowBytes = 0

    private final class RequestReading {
        var parser: RequestHeadParser
        var content = ContentReader(.none)

        init(_ limits: Limits) {
            parser = RequestHeadParser(limits: .request(limits))
        }
    }

    init(
        stream: ByteStream, server: Server, router: any RequestRouter, address: String,
        exposure: Exposure
    ) {
        self.stream = stream
        self.server = server
        batch = server.loop.batch
        self.router = router
        self.address = address
        self.exposure = exposure
        super.init(server.loop.deadlines)
    }

    func start() {
        stream.attach(self)
        setDeadline(after: .seconds(server.limits.headSeconds))
        stream.startReading()
    }

    // MARK: What arrives

    func streamReceived(_ bytes: Span<UInt8>) {
        switch life {
        case .open:
            if waiting.isEmpty { process(bytes) } else { keep(bytes, from: 0) }
        case .lingering:
            windowBytes += bytes.count
            if windowBytes > Limits.lingerBytes { close() }
        case .closed:
            break
        }
    }

    private func process(_ bytes: Span<UInt8>) {
        isProcessing = true
        var position = 0
        do throws(HTTPError) {
            while position < bytes.count, life == .open, let next = try advance(bytes, position) {
                position = next
            }
        } catch {
            refuse(error)
        }
        isProcessing = false
        if life == .open, position < bytes.count { keep(bytes, from: position) }
    }

    /// - Returns: the position behind what was used; nil when nobody wants the rest yet.
    private func advance(_ bytes: Span<UInt8>, _ position: Int) throws(HTTPError) -> Int? {
        switch request {
        case .head:
            // Answers that wait for a client who does not read must not pile up behind each other.
            if stream.unsentBytes > 0 { return nil }
            let reading = beginReading()
            let rest = bytes.extracting(position..<bytes.count)
            guard let used = try reading.parser.feed(rest) else { return bytes.count }
            begin(reading.parser.takeHead(), reading)
            return position + used
        case .content:
            guard !isPaused, let reading else { return nil }
            switch try reading.content.next(bytes, from: position) {
            case .content(let range):
                windowBytes += range.count
                responder?.receive(bytes.extracting(range))
                if reading.content.isComplete { contentEnded() }
                return range.upperBound
            case .needMore:
                return bytes.count
            case .end(let end):
                contentEnded()
                return end
            }
        case .complete:
            return nil
        }
    }

    private func beginReading() -> RequestReading {
        if let reading { return reading }
        clearDeadline()
        setDeadline(after: .seconds(server.limits.headSeconds))
        let reading = RequestReading(server.limits)
        self.reading = reading
        return reading
    }

    private func begin(_ head: RequestHead, _ reading: RequestReading) {
        request = .content
        answer = .none
        isPaused = false
        windowBytes = 0
        keepAlive = head.keepAlive && !server.isDraining
        isHeadRequest = head.method == .head
        minorVersion = UInt8(head.minorVersion)
        reading.content = ContentReader(
            head.framing, contentBytesMax: server.limits.bodyBytes,
            trailerFieldsMax: server.limits.headFields)
        owesContinue = head.expectsContinue && !reading.content.isComplete
        setDeadline(after: .seconds(server.limits.bodySeconds))
        let chosen = router.route(head, on: self)
        guard life == .open else { return }
        if answer != .complete { responder = chosen }
        if !isPaused { sendContinue() }
        if reading.content.isComplete { contentEnded() }
    }

    /// Nothing more comes that belongs to this request.
    var isContentComplete: Bool { reading?.content.isComplete ?? true }

    private func contentEnded() {
        guard life == .open, request == .content else { return }
        request = .complete
        reading = nil
        clearDeadline()
        if stream.unsentBytes > 0 {
            setDeadline(after: .seconds(server.limits.clientWriteSeconds))
        }
        responder?.receiveEnd()
        if answer == .complete { endExchange() }
    }

    /// Both sides of an exchange are complete.
    func endExchange() {
        guard life == .open else { return }
        responder = nil
        guard keepAlive && !server.isDraining else { return linger() }
        request = .head
        answer = .none
        clearDeadline()
        guard stream.unsentBytes == 0 else {
            // The next request begins when this answer has left; see `streamDrained`.
            return setDeadline(after: .seconds(server.limits.clientWriteSeconds))
        }
        setDeadline(after: .seconds(server.limits.keepAliveSeconds))
        if !isProcessing { processWaiting() }
    }

    private func keep(_ bytes: Span<UInt8>, from position: Int) {
        stream.stopReading()
        let rest = bytes.extracting(position..<bytes.count)
        waiting.append(copying: rest)
        server.loop.budget.take(rest.count)
    }

    private func processWaiting() {
        guard !waiting.isEmpty else { return stream.startReading() }
        let bytes = waiting
        waiting = []
        server.loop.budget.give(bytes.count)
        process(bytes.span)
        if life == .open, waiting.isEmpty { stream.startReading() }
    }

    // MARK: Back-pressure of the content

    /// Content waits until `resumeContent`: at most one read of it in memory, the rest in the
    /// kernel.
    func pauseContent() {
        isPaused = true
        if request == .content { clearDeadline() }
    }

    func resumeContent() {
        guard isPaused else { return }
        isPaused = false
        guard life == .open, request == .content else { return }
        sendContinue()
        windowBytes = 0
        setDeadline(after: .seconds(server.limits.bodySeconds))
        if !isProcessing { processWaiting() }
    }

    private func sendContinue() {
        guard owesContinue, answer == .none, request == .content else { return }
        owesContinue = false
        if windowBytes == 0, waiting.isEmpty { sendInterim(100) }
    }

    // MARK: Ends

    private func refuse(_ error: HTTPError) {
        let left = takeResponder()
        keepAlive = false
        if answer == .none {
            // Codex shows the sentence of this code; of others the raw JSON.
            let code = error == .contentTooLarge ? "invalid_prompt" : "invalid_http"
            respond(.invalidRequest(error.status, error.sentence, code: code))
        } else {
            close()
        }
        left?.clientLeft()
    }

    /// From here on the responder hears nothing more.
    private func takeResponder() -> (any Responder)? {
        let taken = responder
        responder = nil
        return taken
    }

    func streamEnded() {
        switch life {
        case .open: leave()
        case .lingering: close()
        case .closed: break
        }
    }

    func streamFailed(_ error: StreamError) {
        streamEnded()
    }

    /// The client is gone, or has become unreachable.
    private func leave() {
        let left = takeResponder()
        close()
        left?.clientLeft()
    }

    func streamDrained() {
        if life == .lingering {
            // All is sent: what the client still does is waited for shortly.
            clearDeadline()
            setDeadline(after: .seconds(Limits.lingerSeconds))
        }
        guard life == .open else { return }
        switch request {
        case .complete:
            clearDeadline()
            responder?.drained()
        case .content:
            responder?.drained()
        case .head:
            clearDeadline()
            setDeadline(after: .seconds(server.limits.keepAliveSeconds))
            if !isProcessing { processWaiting() }
        }
    }

    override func deadlinePassed() {
        guard life == .open else { return close() }
        switch request {
        case .head where reading == nil:
            close()
        case .head:
            refuseSlowly("The head of the request took too long.")
        case .content where windowBytes >= Limits.bodyBytesPerSecond * server.limits.bodySeconds:
            windowBytes = 0
            setDeadline(after: .seconds(server.limits.bodySeconds))
        case .content:
            refuseSlowly("The request's content came too slowly.")
        case .complete:
            leave()
        }
    }

    private func refuseSlowly(_ sentence: String) {
        let left = takeResponder()
        keepAlive = false
        if answer == .none {
            respond(.invalidRequest(408, sentence, code: "request_timeout"))
        } else {
            close()
        }
        left?.clientLeft()
    }

    func closeIfIdle() {
        guard life == .open, request == .head, reading == nil else { return }
        if stream.unsentBytes > 0 { linger() } else { close() }
    }

    /// Ends our side after what still waits, and throws away what the client still sends.
    /// - Parameter isBroken: the answer is not complete, and nothing may make it look so.
    func linger(isBroken: Bool = false) {
        guard life == .open else { return }
        life = .lingering
        responder = nil
        windowBytes = 0
        server.loop.budget.give(waiting.count)
        waiting = []
        if isBroken { stream.finishBroken() } else { stream.finish() }
        clearDeadline()
        setDeadline(
            after: .seconds(
                stream.unsentBytes > 0 ? server.limits.clientWriteSeconds : Limits.lingerSeconds))
        stream.startReading()
    }

    /// Closes at once and tells the responder.
    func abort() {
        guard life != .closed else { return }
        leave()
    }

    func close() {
        guard life != .closed else { return }
        life = .closed
        responder = nil
        server.loop.budget.give(waiting.count)
        waiting = []
        clearDeadline()
        stream.close()
        server.remove(self)
    }
}
