import Billing

/// The answer's way down: bytes pass as they came, the meter looks at them, and the end waits for
/// the money.
extension Exchange {
    func upstreamHead(_ head: ResponseHead) {
        expect(within: gateway.limits.upstreamIdleSeconds)
        guard (200..<300).contains(head.status) else {
            answer = .collecting
            refusalHead = head
            return
        }
        guard UpstreamAnswer.isReadable(head) else {
            gateway.alarms.raise("upstream unreadable", "content coding")
            return failBeforeAnswer(.upstreamError, .upstreamUnreadable)
        }
        let mode = UpstreamAnswer.mode(head, isStream: facts?.isStream ?? true)
        meter = UsageMeter(mode: mode)
        answer = .relaying
        hasLength = head.contentLength != nil
        client?.begin(
            UpstreamAnswer.head(head), length: head.contentLength, hasContent: head.status != 204)
    }

    /// A delta that is a chunk by itself goes on as it came. The long way sends the same content
    /// for twice as many instructions, and nearly all that a gateway does is this.
    func upstreamChunk(_ chunk: Span<UInt8>, content: Range<Int>) -> Bool {
        guard answer == .relaying, !isBatchOpen, let client, client.takesChunks,
            meter?.passDelta(chunk, in: content) == true
        else { return false }
        upstreamIsAlive()
        if !client.send(chunk: chunk) { upstream?.pause() }
        return true
    }

    func upstreamContent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        switch answer {
        case .relaying:
            upstreamIsAlive()
            return relay(bytes, range)
        case .collecting:
            collect(bytes, range)
            return range.upperBound
        case .awaited, .done:
            return range.upperBound
        }
    }

    @inline(__always)
    private func relay(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        guard case .terminal(let end)? = meter?.feed(bytes, in: range) else {
            pass(bytes, range)
            return range.upperBound
        }
        pass(bytes, range.lowerBound..<end)
        if settle() { return end }
        // Nothing to wait for; the meter never stops twice.
        _ = meter?.feed(bytes, in: end..<range.upperBound)
        pass(bytes, end..<range.upperBound)
        return range.upperBound
    }

    /// Gathers a slice for the client.
    @inline(__always)
    private func pass(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        if range.isEmpty { return }
        gather()?.append(bytes.extracting(range))
    }

    /// The batch for the client, with room for another slice; nil when the client has left.
    @inline(__always)
    private func gather() -> WriteBatch? {
        guard let client else { return nil }
        if isBatchOpen {
            guard batch.isFull else { return batch }
            flush()
        }
        isBatchOpen = true
        return client.openBatch()
    }

    func upstreamReadEnded() {
        if isBatchOpen {
            flush()
        } else if case .relaying = answer {
            client?.flushHead()
        }
    }

    @inline(__always)
    private func flush() {
        isBatchOpen = false
        guard let client else { return }
        // A client that reads slowly makes the upstream wait: nothing is held but what one read
        // brought.
        if !client.sendBatch() { upstream?.pause() }
    }

    func upstreamEnded() {
        switch answer {
        case .collecting: passOnRefusal()
        case .relaying:
            // An end without a final event is passed on as it is; the client knows what it lacks.
            if case .open = settlement { void(.noUsage) }
            endRelay()
        case .awaited, .done: close()
        }
    }

    /// The answer is complete: its last bytes and its end leave together.
    private func endRelay() {
        let client = self.client
        let isGathered = isBatchOpen
        isBatchOpen = false
        if isGathered { client?.sendBatch(isLast: true) }
        // Before the client's next request begins, which may want this very connection.
        close()
        client?.endAnswer(sendingLastChunk: !isGathered)
    }

    // MARK: Refusals of the upstream

    private func collect(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard errorBody.count + range.count <= Limits.upstreamErrorBytes else {
            // Longer than any refusal: nobody's text to pass on.
            errorBody = []
            cutUpstream()
            return passOnStatus()
        }
        let piece = bytes.extracting(range)
        errorBody.append(addingCapacity: piece.count) { output in
            for index in piece.indices { output.append(piece[index]) }
        }
    }

    private func passOnRefusal() {
        guard let head = refusalHead else { return refuse(.upstreamBroken) }
        let body = errorBody
        if UpstreamAnswer.concernsOperator(status: head.status, body: body) {
            gateway.alarms.raise("managed credential refused", "status \(head.status)")
            return refuse(.serviceUnavailable)
        }
        let client = self.client
        settleWithoutEntry()
        close()
        client?.respond(UpstreamAnswer.head(head), body: body)
    }

    /// A refusal whose text did not come whole: its status and `retry-after` go on, with our
    /// sentence.
    private func passOnStatus() {
        guard let head = refusalHead,
            !UpstreamAnswer.concernsOperator(status: head.status, body: [])
        else { return refuse(.serviceUnavailable) }
        var error = OpenAIError(
            status: head.status, message: "The upstream refused the request. Nothing was charged.",
            type: "server_error", code: "upstream_refused")
        if let wait = head.fields.first(.retryAfter), HeadWriter.isFieldValue(wait) {
            error.fields = [OpenAIError.HeadField(name: "retry-after", value: wait)]
        }
        refuse(error)
    }

    // MARK: Failures

    func upstreamFailed(_ error: UpstreamError) {
        switch answer {
        case .awaited: failedBeforeAnswer(error)
        case .collecting: passOnStatus()
        case .relaying: cutOff(error)
        case .done: close()
        }
    }

    private func failedBeforeAnswer(_ error: UpstreamError) {
        if mayRepeat { return repeatOnFreshConnection() }
        upstream = nil
        switch error {
        case .broken(let fault):
            gateway.alarms.raise("upstream broken", "\(fault.sentence)")
            failBeforeAnswer(.upstreamError, .upstreamBroken)
        case .unreachable, .closedBeforeAnswer, .cut:
            guard isRequestSent else { return refuse(.upstreamUnreachable) }
            failBeforeAnswer(.cut, .upstreamClosed)
        }
    }

    /// The request was whole, so something may have been generated: that stands in the books as a
    /// void.
    private func failBeforeAnswer(_ reason: Reason, _ error: OpenAIError) {
        cutUpstream()
        if isRequestSent { void(reason) }
        refuse(error)
    }

    /// The upstream's connection ended inside an answer that the client already sees.
    private func cutOff(_ error: UpstreamError) {
        upstream = nil
        switch settlement {
        case .charged, .free:
            finishCutAnswer()
        case .waiting:
            // The rest of the end is lost; `settled` tells the client.
            return
        case .open:
            if case .broken(let fault) = error {
                gateway.alarms.raise("upstream broken", "\(fault.sentence)")
                void(.upstreamError)
            } else {
                void(.cut)
            }
            if client?.withdrawAnswer() == true {
                isBatchOpen = false
                return refuse(error == .cut ? .upstreamClosed : .upstreamBroken)
            }
            failStream(
                FailureEvent.serverError,
                "The upstream's connection broke off. Nothing was charged.")
        }
    }

    /// Usage was seen, so the response is complete: what is missing is only its framing.
    private func finishCutAnswer() {
        guard !hasLength, meter?.mode == .eventStream else {
            if isBatchOpen { flush() }
            let client = self.client
            close()
            client?.breakOff()
            return
        }
        if meter?.isInsideEvent == true {
            gather()?.append(Array("\n\n".utf8))
        }
        endRelay()
    }

    /// Tells a running stream that it failed. After that event the message ends as it should: Codex
    /// takes an unfinished one for a broken connection and shows that instead, and repeats what
    /// must not be repeated. A message that cannot be told anything ends without the mark of a
    /// complete one.
    func failStream(_ code: String, _ message: String) {
        let client = self.client
        if isBatchOpen { flush() }
        let canTell = meter?.mode == .eventStream && !hasLength
        let insideEvent = meter?.isInsideEvent ?? false
        cutUpstream()
        close()
        guard let client else { return }
        guard canTell else { return client.breakOff() }
        let event = FailureEvent.bytes(code: code, message: message, insideEvent: insideEvent)
        client.openBatch().append(event)
        client.sendBatch(isLast: true)
        client.endAnswer()
    }

    /// No byte came for as long as the bounds allow.
    func upstreamFellSilent() {
        if case .waiting = settlement { return settlingTakesLong() }
        switch answer {
        case .awaited where !isRequestSent:
            gateway.alarms.raise("upstream silent", "before it had the request")
            failBeforeAnswer(.timeout, .upstreamUnreachable)
        case .awaited:
            gateway.alarms.raise("upstream silent", "before its answer")
            failBeforeAnswer(.timeout, .upstreamSilent)
        case .collecting:
            cutUpstream()
            passOnStatus()
        case .done:
            cutUpstream()
            refuse(.upstreamBroken)
        case .relaying:
            gateway.alarms.raise("upstream silent", "inside its answer")
            guard case .open = settlement else {
                // The response is complete and paid for; only the end of its framing is missing.
                cutUpstream()
                return finishCutAnswer()
            }
            void(.timeout)
            failStream(
                FailureEvent.serverError, "The upstream fell silent. Nothing was charged.")
        }
    }
}
