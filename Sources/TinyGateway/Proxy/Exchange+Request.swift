import Billing

/// The request's way up: admission, connection, body, and the last byte that waits for the money.
extension Exchange {
    /// Begins the exchange. Called while the client's head is being routed.
    func start() {
        advance(to: .admitting)
        if let refusal = admit() { return refuse(refusal) }
        advance(to: .connecting)
        connect(mayReuse: true)
    }

    private func connect(mayReuse: Bool) {
        let pool = gateway.managed.all[0].pool
        if mayReuse, let idle = pool.takeIdle() { return connected(idle) }
        client?.pauseContent()
        let attempt = pool.connect { result in
            self.attempt = nil
            switch result {
            case .success(let connection): self.connected(connection)
            case .failure: self.unreachable()
            }
        }
        // It may have failed at once.
        if !attempt.isDone { self.attempt = attempt }
    }

    private func connected(_ connection: UpstreamConnection) {
        guard state == .connecting, let head else { return connection.close() }
        advance(to: .relaying)
        upstream = connection
        connection.attach(self)
        connection.begin(
            UpstreamRequest.head(
                head, origin: gateway.managed.all[0].pool.origin,
                authorization: gateway.managed.all[0].authorization),
            method: head.method, isChunked: head.framing == .chunked)
        client?.resumeContent()
        sendReplay()
    }

    private func unreachable() {
        gateway.alarms.raise("upstream unreachable", gateway.managed.all[0].pool.origin.authority)
        refuse(.upstreamUnreachable)
    }

    func receive(_ content: Span<UInt8>) {
        guard state == .relaying, let upstream, !content.isEmpty else { return }
        requestMeter.feed(content, in: 0..<content.count)
        if upstream.isReused { keepForReplay(content) }
        let batch = upstream.openBatch()
        let before = [heldByte ?? 0]
        if heldByte != nil { batch.appendCopy(before.span) }
        batch.append(content.extracting(0..<content.count - 1))
        heldByte = content[content.count - 1]
        guard !batch.isEmpty else { return }
        if !upstream.sendBatch(isLast: false) { waitForUpstream() }
    }

    /// The upstream takes the body slowly: the client waits, and not for ever.
    private func waitForUpstream() {
        client?.pauseContent()
        expect(within: gateway.limits.upstreamIdleSeconds)
    }

    func upstreamDrained() {
        if !isRequestSent { stopWaiting() }
        client?.resumeContent()
    }

    func receiveEnd() {
        guard state == .relaying else { return }
        // The response is complete and settled: what the request says no longer matters.
        guard case .open = settlement else { return }
        let facts = requestMeter.facts
        self.facts = facts
        if let refusal = facts.refusal { return refuseContent(refusal.sentence) }
        guard facts.isComplete else {
            return refuseContent(RequestRefusal.malformed.sentence)
        }
        if let error = raiseHold(facts) {
            cutUpstream()
            return refuse(error)
        }
        releaseLastByte()
    }

    private func refuseContent(_ sentence: String) {
        cutUpstream()
        refuse(.shown(sentence))
    }

    private func releaseLastByte() {
        guard let upstream, let heldByte else { return }
        let batch = upstream.openBatch()
        let last = [heldByte]
        batch.appendCopy(last.span)
        upstream.sendBatch(isLast: true)
        isRequestSent = true
        self.heldByte = nil
        head = nil
        forgetReplay()
        let limits = gateway.limits
        expect(
            within: facts?.isStream == true
                ? limits.upstreamFirstByteSeconds : limits.upstreamAnswerSeconds)
    }

    // MARK: Once more on a fresh connection

    /// A pooled connection may have been closed by the upstream while the request was on its way.
    /// As long as the request is not whole, nothing was generated, and it may go out again.
    var mayRepeat: Bool {
        guard let upstream else { return false }
        return upstream.isReused && !upstream.hasAnswered && !isRequestSent && !replayOverflowed
    }

    func repeatOnFreshConnection() {
        upstream?.close()
        upstream = nil
        advance(to: .connecting)
        connect(mayReuse: false)
    }

    private func keepForReplay(_ content: Span<UInt8>) {
        guard !replayOverflowed else { return }
        let isTooMuch =
            replay.count + content.count > gateway.limits.replayBodyBytes
            || gateway.loop.budget.isExhausted
        guard !isTooMuch else {
            forgetReplay()
            replayOverflowed = true
            return
        }
        gateway.loop.budget.take(content.count)
        replay.append(addingCapacity: content.count) { output in
            for index in content.indices { output.append(content[index]) }
        }
    }

    private func sendReplay() {
        guard !replay.isEmpty, let upstream else { return }
        let batch = upstream.openBatch()
        // The last byte stays withheld.
        batch.append(replay, dropLast: 1)
        if !batch.isEmpty, !upstream.sendBatch(isLast: false) { waitForUpstream() }
        forgetReplay()
    }

    func forgetReplay() {
        gateway.loop.budget.give(replay.count)
        replay = []
    }
}
