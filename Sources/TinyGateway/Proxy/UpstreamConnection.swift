/// Who sent a request over an upstream connection hears of the answer here.
protocol UpstreamReceiver: AnyObject {
    func upstreamHead(_ head: ResponseHead)
    /// What was read goes on with chunks at `start`, perhaps. Those that the receiver takes whole,
    /// framing and all, it takes from the reader; the rest comes as content. Whoever takes all of
    /// it sends it at once.
    /// - Returns: where the first byte lies that it did not take.
    func upstreamChunks(
        _ bytes: Span<UInt8>, from start: Int, _ reader: inout ContentReader
    ) -> Int
    /// Content, its transfer coding removed, where it lies in what was read.
    /// - Returns: the offset up to which it was taken. Before the range's end: the connection keeps
    ///   the rest and reads nothing until `resume`.
    func upstreamContent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int
    /// All of one read has been handed over, not all of it as whole chunks, and the answer goes on:
    /// what was gathered should leave now.
    func upstreamReadEnded()
    /// The answer is complete; what was gathered should leave with its end.
    func upstreamEnded()
    func upstreamFailed(_ error: UpstreamError)
    /// What waited for the upstream has been taken by the kernel.
    func upstreamDrained()
}

/// What can go wrong on the way to an upstream and back.
enum UpstreamError: Error, Equatable {
    /// No connection was made.
    case unreachable
    /// The connection ended before the first byte of an answer.
    case closedBeforeAnswer
    /// The connection ended inside an answer.
    case cut
    /// The answer's framing is broken; its connection is not used again.
    case broken(HTTPError)
}

/// One connection to an upstream: carries a request, reads its answer, and may go back to the pool.
final class UpstreamConnection: DeadlineHolder, StreamReceiver {
    // What each piece of an answer touches stands first and together.
    private(set) var receiver: (any UpstreamReceiver)?
    private var reader = ContentReader(.none)
    private var hasHead = false
    private var isComplete = false
    private var isStopped = false
    private var isPaused = false

    private let stream: ByteStream
    private let pool: UpstreamPool
    /// Nil before the first byte of a head and behind its last.
    private var reading: HeadReading?
    /// Raw bytes behind the point where the receiver stopped.
    private var held: [UInt8] = []
    private var writer = MessageWriter()
    private var isHeadRequest = false
    private var keepAlive = false
    private var isRequestSent = false
    private var isWriteBroken = false
    private(set) var isClosed = false
    /// Whether it has carried an exchange before: then the upstream may have closed it meanwhile.
    private(set) var isReused = false
    private var interimHeads: UInt8 = 0

    private final class HeadReading {
        var parser: ResponseHeadParser

        init(_ limits: Limits) {
            parser = ResponseHeadParser(limits: .response(limits))
        }
    }

    init(stream: ByteStream, pool: UpstreamPool) {
        self.stream = stream
        self.pool = pool
        super.init(pool.loop.deadlines)
    }

    /// Takes the connection into use.
    func attach(_ receiver: any UpstreamReceiver) {
        self.receiver = receiver
        clearDeadline()
        stream.attach(self)
    }

    /// Whether any byte of an answer has arrived.
    var hasAnswered: Bool { hasHead || reading != nil }

    // MARK: The request

    /// Begins a request. Its head leaves with the first content.
    func begin(_ head: [UInt8], method: Method, isChunked: Bool) {
        isHeadRequest = method == .head
        writer = MessageWriter(head: head, isChunked: isChunked)
        isRequestSent = false
        isComplete = false
        hasHead = false
        interimHeads = 0
        stream.startReading()
    }

    func openBatch() -> WriteBatch {
        writer.open(pool.loop.batch)
        return pool.loop.batch
    }

    /// - Returns: whether the kernel took everything; after `false` the receiver hears
    ///   `upstreamDrained`.
    @discardableResult
    func sendBatch(isLast: Bool) -> Bool {
        writer.close(pool.loop.batch, isLast: isLast)
        if isLast { isRequestSent = true }
        // An upstream that closed early may have answered before: that is still read.
        if isWriteBroken { return true }
        let isSent = stream.send(pool.loop.batch)
        writer.headSent()
        return isSent
    }

    // MARK: The answer

    func streamReceived(_ bytes: Span<UInt8>) {
        // Bytes that nobody asked for: this connection cannot be trusted with another request.
        guard let receiver else { return close() }
        if isStopped {
            hold(bytes, from: 0)
        } else if isComplete {
            keepAlive = false
        } else {
            let start = hasHead ? receiver.upstreamChunks(bytes, from: 0, &reader) : 0
            if start < bytes.count { process(bytes, from: start, for: receiver) }
        }
    }

    @inline(never)
    private func process(
        _ bytes: Span<UInt8>, from start: Int = 0, for told: any UpstreamReceiver
    ) {
        var position = start
        var failure: HTTPError?
        do throws(HTTPError) {
            while position < bytes.count, receiver != nil, !isStopped, !isComplete {
                position = try advance(bytes, position, told)
            }
        } catch {
            failure = error
        }
        if isStopped, position < bytes.count { hold(bytes, from: position) }
        if isComplete, position < bytes.count { keepAlive = false }
        // What came before the fault is the receiver's to send or to withdraw.
        if let failure { return fail(.broken(failure)) }
        // What the last read brought leaves together with the end.
        guard isComplete else {
            if receiver != nil { told.upstreamReadEnded() }
            return
        }
        receiver?.upstreamEnded()
    }

    @inline(__always)
    private func advance(
        _ bytes: Span<UInt8>, _ position: Int, _ told: any UpstreamReceiver
    ) throws(HTTPError) -> Int {
        guard hasHead else {
            let reading = self.reading ?? HeadReading(pool.limits)
            self.reading = reading
            let rest = bytes.extracting(position..<bytes.count)
            guard let used = try reading.parser.feed(rest) else { return bytes.count }
            self.reading = nil
            try take(reading.parser.takeHead())
            return position + used
        }
        switch try reader.next(bytes, from: position) {
        case .content(let range):
            let taken = told.upstreamContent(bytes, range)
            if taken < range.upperBound {
                reader.giveBack(range.upperBound - taken)
                isStopped = true
                stream.stopReading()
            }
            isComplete = reader.isComplete
            if receiver == nil || isStopped { return taken }
            let next = reader.takeChunkEnd(bytes, from: taken)
            return next == taken ? taken : told.upstreamChunks(bytes, from: next, &reader)
        case .needMore:
            return bytes.count
        case .end(let end):
            isComplete = true
            return end
        }
    }

    private func take(_ head: ResponseHead) throws(HTTPError) {
        if head.isInterim {
            interimHeads += 1
            // 101 would mean another protocol, and we asked for none.
            if interimHeads > Limits.interimHeads || head.status == 101 { throw .invalidStatus }
            return
        }
        hasHead = true
        let method = isHeadRequest ? Method.head : .post
        reader = ContentReader(head.framing(answering: method))
        keepAlive = head.keepAlive(answering: method)
        isComplete = reader.isComplete
        receiver?.upstreamHead(head)
    }

    private func hold(_ bytes: Span<UInt8>, from position: Int) {
        guard !isClosed else { return }
        let rest = bytes.extracting(position..<bytes.count)
        held.append(copying: rest)
        pool.loop.budget.take(rest.count)
    }

    /// Back-pressure: the upstream waits.
    func pause() {
        guard !isClosed else { return }
        isPaused = true
        stream.stopReading()
    }

    /// Goes on after `pause`, or after the receiver had taken a range only in part.
    func resume() {
        guard !isClosed, let receiver else { return }
        isStopped = false
        isPaused = false
        if !held.isEmpty {
            let bytes = held
            held = []
            pool.loop.budget.give(bytes.count)
            process(bytes.span, for: receiver)
        }
        if !isClosed, self.receiver != nil, !isStopped, !isPaused, !isComplete {
            stream.startReading()
        }
    }

    func streamEnded() {
        guard receiver != nil else { return close() }
        if hasHead, reader.endsWithConnection {
            isComplete = true
            keepAlive = false
            receiver?.upstreamEnded()
        } else {
            fail(hasAnswered ? .cut : .closedBeforeAnswer)
        }
    }

    func streamFailed(_ error: StreamError) {
        guard receiver != nil else { return close() }
        // A connection used before was closed meanwhile: the request goes out again on another one.
        let isStale = isReused && !hasAnswered
        if error.isOfWriting, !isWriteBroken, !isStale {
            isWriteBroken = true
            keepAlive = false
            setDeadline(after: .seconds(Limits.lingerSeconds))
            receiver?.upstreamDrained()
            return
        }
        fail(hasAnswered ? .cut : .closedBeforeAnswer)
    }

    private func fail(_ error: UpstreamError) {
        let told = receiver
        close()
        told?.upstreamFailed(error)
    }

    func streamDrained() {
        receiver?.upstreamDrained()
    }

    // MARK: Ends

    /// The exchange is over: back to the pool when both messages are complete, else closed.
    func release() {
        guard !isClosed else { return }
        receiver = nil
        guard isComplete, isRequestSent, keepAlive, held.isEmpty, stream.unsentBytes == 0 else {
            return close()
        }
        isReused = true
        isStopped = false
        stream.startReading()
        if pool.keep(self) {
            setDeadline(after: .seconds(pool.idleSeconds))
        } else {
            close()
        }
    }

    override func deadlinePassed() {
        // With a receiver it is the wait for an answer after sending had failed.
        if receiver != nil { return fail(hasAnswered ? .cut : .closedBeforeAnswer) }
        closeIdle()
    }

    /// Ends a connection that carries nothing, properly: with close_notify where TLS is spoken.
    func closeIdle() {
        if !isClosed { stream.finish() }
        close()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        receiver = nil
        pool.loop.budget.give(held.count)
        held = []
        clearDeadline()
        stream.close()
        pool.forget(self)
    }
}
