import Billing

/// The answer's way down: bytes pass as they came, the meter looks at them, and the end waits for
/// the money.
extension Exchange {
    func upstreamHead(_ head: ResponseHead) {
        expect(within: gateway.limits.upstreamIdleSeconds)
        if collects(head.status) {
            answer = .collecting
            held = HeldAnswer(head, isStream: false)
            return
        }
        guard side == .own || UpstreamAnswer.isReadable(head, route) else {
            gateway.alarms.raise("upstream unreadable", "content coding")
            return failBeforeAnswer(.upstreamError, .upstreamUnreadable)
        }
        if mayTurnOut(head) {
            answer = .held
            held = HeldAnswer(head, isStream: true)
            expect(within: Limits.handshakeSeconds)
        } else {
            commit(head)
        }
    }

    /// Whether an answer of this status is read before the client hears of it: the operator's
    /// refusals, and those after which a request may go elsewhere.
    private func collects(_ status: Int) -> Bool {
        switch side {
        case .managed: !(200..<300).contains(status)
        case .own: keepsBody && (status == 429 || status == 400)
        }
    }

    /// Whether the stream that begins may yet turn out to be a refusal.
    private func mayTurnOut(_ head: ResponseHead) -> Bool {
        route == .responses && canSendAgain && UpstreamAnswer.isReadable(head, route)
            && (200..<300).contains(head.status)
            && mode(head) == .eventStream
    }

    private func mode(_ head: ResponseHead) -> UsageMeter.Mode {
        UpstreamAnswer.mode(head, route, isStream: request?.facts?.isStream ?? true)
    }

    /// From here on the client sees the answer, and the request is sent nowhere else.
    func commit(_ head: ResponseHead, isHeldStream: Bool = false) {
        switch side {
        case .own:
            answeredOwn(head)
        case .managed:
            meter = UsageMeter(
                mode: isHeldStream ? .eventStream : mode(head), shelf: gateway.eventReaders)
            if let credential { gateway.managed.succeeded(credential) }
        }
        answer = .relaying
        hasLength = head.contentLength != nil
        request?.kept.abandon()
        letRequestGo()
        client?.begin(
            side == .own
                ? UpstreamAnswer.ownHead(head)
                : UpstreamAnswer.head(head, marksTurnState: rules.mayMove),
            length: head.contentLength, hasContent: head.status != 204 && head.status != 304)
    }

    private func answeredOwn(_ head: ResponseHead) {
        guard (200..<300).contains(head.status) else { return }
        if let login = request?.login, route.isBillable, !wasRefused {
            gateway.boost.succeeded(login.quota)
        }
        if isLoginWanted, let head = request?.head {
            gateway.keepalive?.saw(balance, head.fields)
        }
    }

    /// Whether the login of the request is kept for its owner once the upstream has accepted it.
    var isLoginWanted: Bool {
        side == .own && gateway.keepalive?.wants(balance) == true
    }

    /// Deltas that are chunks by themselves go on as they came. The long way sends the same content
    /// for twice as many instructions, and nearly all that a gateway does is this.
    func upstreamChunks(
        _ bytes: Span<UInt8>, from start: Int, _ reader: inout ContentReader
    ) -> Int {
        guard answer == .relaying, let client, client.takesChunks else { return start }
        var end = start
        while end < bytes.count, let content = reader.wholeChunk(bytes, from: end),
            meter?.passDelta(bytes, in: content) ?? true
        {
            reader.take(wholeChunk: content)
            end = content.upperBound &+ 2
        }
        if end == start { return start }
        upstreamIsAlive()
        if start == 0, end == bytes.count, !isBatchOpen, client.hasSentHead {
            if !client.send(chunks: bytes) { upstream?.pause() }
        } else {
            _ = gather()
            client.add(chunks: bytes.extracting(start..<end))
            if end == bytes.count { flush() }
        }
        return end
    }

    func upstreamContent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        switch answer {
        case .relaying:
            upstreamIsAlive()
            return relay(bytes, range)
        case .collecting:
            return collect(bytes, range)
        case .held:
            return hold(bytes, range)
        case .awaited, .done:
            return range.upperBound
        }
    }

    @inline(__always)
    func relay(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
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
    func gather() -> WriteBatch? {
        guard let client else { return nil }
        if isBatchOpen {
            guard gateway.loop.batch.isFull else { return gateway.loop.batch }
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
    func flush() {
        isBatchOpen = false
        guard let client else { return }
        // A client that reads slowly makes the upstream wait: nothing is held but what one read
        // brought.
        if !client.sendBatch() { upstream?.pause() }
    }

    func upstreamEnded() {
        switch answer {
        case .collecting: refusalEnded()
        case .held, .relaying:
            commitHeld()
            // An end without a final event is passed on as it is; the client knows what it lacks.
            if case .open = settlement { void(.noUsage) }
            endRelay()
        case .awaited, .done: close()
        }
    }

    /// The answer is complete: its last bytes and its end leave together.
    func endRelay() {
        let client = self.client
        let isGathered = isBatchOpen
        isBatchOpen = false
        if isGathered { client?.sendBatch(isLast: true) }
        // Before the client's next request begins, which may want this very connection.
        close()
        client?.endAnswer(sendingLastChunk: !isGathered)
    }
}
