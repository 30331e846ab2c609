import Billing

/// The answer's half of a connection: a whole answer at once, or a head, content as it comes, and an end.
extension ServerConnection {
    // MARK: Whole answers

    /// Answers with everything at once.
    func respond(
        status: Int, contentType: StaticString, fields: [OpenAIError.HeadField] = [], body: [UInt8]
    ) {
        guard life == .open, answer == .none else { return }
        var head = HeadWriter(status: status)
        head.field(.date, HTTPDate.text(milliseconds: server.loop.wallClock))
        head.field(.contentType, contentType.description)
        for field in fields { head.field(field.name.description, field.value) }
        begin(head, length: body.count)
        if isHeadRequest || body.isEmpty {
            flushHead()
        } else {
            let batch = openBatch()
            batch.append(body.span)
            sendBatch()
        }
        endAnswer()
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
        let batch = server.loop.batch
        batch.reset()
        batch.append(bytes.span)
        stream.send(batch)
    }

    // MARK: Streamed answers

    /// Begins an answer. The head leaves with the first content, or with `flushHead`.
    /// - Parameters:
    ///   - head: status line and fields, without those of framing and connection, which are added here.
    ///   - length: bytes of content; nil when unknown.
    func begin(_ head: consuming HeadWriter, length: Int?) {
        precondition(answer == .none, "an exchange has one answer")
        answer = .streaming
        if let length {
            head.field(.contentLength, decimal: length)
            framing = .length
        } else if minorVersion == 1 {
            head.field(.transferEncoding, "chunked")
            framing = .chunked
        } else {
            framing = .untilClose
            keepAlive = false
        }
        if isHeadRequest { framing = .none }
        if !content.isComplete { keepAlive = false }
        if !keepAlive {
            head.field(.connection, "close")
        } else if minorVersion == 0 {
            head.field(.connection, "keep-alive")
        }
        corked = head.finish()
    }

    /// The loop's batch, ready for slices of content. Nothing else may use it until `sendBatch`.
    func openBatch() -> WriteBatch {
        let batch = server.loop.batch
        batch.reset()
        if !corked.isEmpty { batch.append(corked.span) }
        if framing == .chunked { _ = batch.reserve() }
        return batch
    }

    /// Sends what the batch holds as one chunk, with the head before it if that is still here.
    /// - Returns: whether the kernel took everything; after `false` the responder hears `drained`.
    @discardableResult
    func sendBatch(isLast: Bool = false) -> Bool {
        let batch = server.loop.batch
        let count = batch.byteCount - corked.count
        if framing == .chunked {
            if count > 0 {
                ChunkedEncoder.SizeLine(count).withBytes { line in
                    batch.fill(corked.isEmpty ? 0 : 1, line)
                }
                batch.appendCopy(ChunkedEncoder.lineEnd.span)
            }
            if isLast { batch.appendCopy(ChunkedEncoder.lastChunk.span) }
        }
        let isSent = deliver(batch)
        corked = []
        return isSent
    }

    /// Sends the head alone, so that it is not held up by content that takes its time.
    func flushHead() {
        guard !corked.isEmpty, life == .open else { return }
        let batch = server.loop.batch
        batch.reset()
        batch.append(corked.span)
        deliver(batch)
        corked = []
    }

    @discardableResult
    private func deliver(_ batch: WriteBatch) -> Bool {
        guard life == .open else { return true }
        if stream.send(batch) { return true }
        if request == .complete {
            deadline.set(after: .seconds(server.limits.clientWriteSeconds))
        }
        return false
    }

    /// The answer is complete. - Parameter closing: its last chunk was not sent yet.
    func endAnswer(sendingLastChunk: Bool = false) {
        guard life == .open, answer == .streaming else { return }
        if sendingLastChunk, framing == .chunked {
            _ = openBatch()
            sendBatch(isLast: true)
        } else {
            flushHead()
        }
        guard life == .open else { return }
        answer = .complete
        if request == .complete {
            endExchange()
        } else if !content.isComplete {
            // Whatever the client still sends belongs to a request that has its answer.
            linger()
        }
    }

    /// The answer cannot be completed: the connection ends without the mark of a complete message.
    func breakOff() {
        guard life == .open else { return }
        flushHead()
        linger()
    }
}
