/// The answer's half of a connection: a whole answer at once, or a head, content as it comes, and
/// an end.
extension ServerConnection {
    // MARK: Whole answers

    /// Answers with everything at once.
    func respond(
        status: Int, contentType: StaticString, fields: [OpenAIError.HeadField] = [], body: [UInt8]
    ) {
        guard life == .open, answer == .none else { return }
        var head = HeadWriter(status: status)
        head.field(.date, HTTPDate.text(server.loop.wallClock / 1000))
        head.field(.contentType, contentType.description)
        for field in fields { head.field(field.name.description, field.value) }
        respond(head, body: body)
    }

    func respond(_ error: OpenAIError) {
        respond(
            status: error.status, contentType: "application/json", fields: error.fields,
            body: error.body)
    }

    /// A head before the answer's own: 100.
    func sendInterim(_ status: Int) {
        guard life == .open, answer == .none, minorVersion == 1 else { return }
        let bytes = HeadWriter(status: status).finish()
        batch.reset()
        batch.append(bytes)
        stream.send(batch)
    }

    // MARK: Streamed answers

    /// Begins an answer. The head leaves with the first content, or with `flushHead`.
    /// - Parameters:
    ///   - head: status line and fields, without those of framing and connection, which are added
    ///     here.
    ///   - length: bytes of content; nil when unknown.
    ///   - hasContent: false for a status that has none (204, 304): its head says nothing of
    ///   framing.
    func begin(_ head: consuming HeadWriter, length: Int?, hasContent: Bool = true) {
        precondition(answer == .none, "an exchange has one answer")
        answer = .streaming
        var isChunked = false
        if !hasContent {
            // RFC 9110 8.6, RFC 9112 6.1.
        } else if let length {
            head.field(.contentLength, decimal: length)
        } else if minorVersion == 1 {
            head.field(.transferEncoding, "chunked")
            isChunked = !isHeadRequest
        } else {
            // An HTTP/1.0 client reads until the connection ends.
            keepAlive = false
        }
        if !isContentComplete { keepAlive = false }
        if !keepAlive {
            head.field(.connection, "close")
        } else if minorVersion == 0 {
            head.field(.connection, "keep-alive")
        }
        writer = MessageWriter(head: head.finish(), isChunked: isChunked)
    }

    /// The loop's batch, ready for slices of content. Nothing else may use it until `sendBatch`.
    func openBatch() -> WriteBatch {
        writer.open(batch)
        return batch
    }

    /// Sends what the batch holds as one chunk, with the head before it if that is still here.
    /// - Returns: whether the kernel took everything; after `false` the responder hears `drained`.
    @discardableResult
    func sendBatch(isLast: Bool = false) -> Bool {
        writer.close(batch, isLast: isLast)
        let isSent = deliver()
        writer.headSent()
        return isSent
    }

    /// Whether the answer is in chunks, so that those of another server fit in as they are.
    @inline(__always)
    var takesChunks: Bool { life == .open && writer.isChunked }

    /// Whether the answer's head has left.
    @inline(__always)
    var hasSentHead: Bool { !writer.holdsHead }

    /// Sends chunks as another server has framed them; the answer's head has left.
    /// - Returns: as `sendBatch` does.
    @inline(__always)
    func send(chunks: Span<UInt8>) -> Bool {
        batch.hold(chunks)
        return deliver()
    }

    /// Adds chunks to the open batch as another server has framed them.
    func add(chunks: Span<UInt8>) {
        writer.add(chunks: chunks, to: batch)
    }

    /// Sends the head alone, so that it is not held up by content that takes its time.
    func flushHead() {
        guard writer.holdsHead, life == .open else { return }
        writer.open(batch)
        sendBatch()
    }

    @discardableResult
    @inline(__always)
    private func deliver() -> Bool {
        guard life == .open else { return true }
        if stream.send(batch) { return true }
        if request == .complete {
            setDeadline(after: .seconds(server.limits.clientWriteSeconds))
        }
        return false
    }

    /// The answer is complete. - Parameter closing: its last chunk was not sent yet.
    func endAnswer(sendingLastChunk: Bool = false) {
        guard life == .open, answer == .streaming else { return }
        if sendingLastChunk, writer.isChunked {
            _ = openBatch()
            sendBatch(isLast: true)
        } else {
            flushHead()
        }
        guard life == .open else { return }
        answer = .complete
        switch request {
        case .complete: endExchange()
        // A head that was refused, or content that nobody will read.
        case .head: linger()
        case .content where !isContentComplete: linger()
        // All content is here; `contentEnded` follows.
        case .content: break
        }
    }

    /// Answers with an upstream's head and a content that has been read whole.
    func respond(_ head: consuming HeadWriter, body: [UInt8]) {
        guard life == .open, answer == .none else { return }
        begin(head, length: body.count)
        if !isHeadRequest, !body.isEmpty {
            let batch = openBatch()
            batch.append(body)
            sendBatch()
        }
        endAnswer()
    }

    /// Takes back an answer of which nothing has left yet, so that another can be given.
    func withdrawAnswer() -> Bool {
        guard life == .open, answer == .streaming, writer.holdsHead else { return false }
        writer = MessageWriter()
        answer = .none
        return true
    }

    /// The answer cannot be completed: the connection ends without the mark of a complete message.
    func breakOff() {
        guard life == .open else { return }
        flushHead()
        linger(isBroken: true)
    }
}
