import Billing

/// The request's way up: admission, connection, body, and the last byte that waits for the money.
extension Exchange {
    /// Begins the exchange. Called while the client's head is being routed.
    func start() {
        advance(to: .admitting)
        if let refusal = admit() { return refuse(refusal) }
        advance(to: .connecting)
        if wantsWholeBody {
            request?.isCollecting = true
        } else {
            connect(mayReuse: true)
        }
    }

    /// What decides between upstreams is only known at the body's end: whether the managed side may
    /// take it, or, where several credentials share the work, which thread it belongs to.
    private var wantsWholeBody: Bool {
        guard keepsBody else { return false }
        if rules.mayMove { return plannedReason != nil }
        return request?.head.fields.contains(.sessionID) != true
    }

    /// The body may be wanted a second time.
    var keepsBody: Bool {
        guard route.isBillable else { return false }
        return rules.mayMove || gateway.managed.all.count > 1
    }

    // MARK: Connecting

    func connect(mayReuse: Bool) {
        guard side == .managed else { return open(gateway.own, mayReuse) }
        guard let chosen = gateway.managed.choose(thread: thread, tried: request?.tried ?? [])
        else {
            return refuse(.serviceUnavailable(rules.name))
        }
        credential = chosen
        var isReady = false
        gateway.managed.ready(chosen) { canUse in
            isReady = true
            guard self.state == .connecting, self.credential === chosen else { return }
            if canUse { return self.open(chosen.pool, mayReuse) }
            self.request?.tried.append(chosen)
            self.connect(mayReuse: mayReuse)
        }
        if !isReady { client?.pauseContent() }
    }

    private func open(_ pool: UpstreamPool, _ mayReuse: Bool) {
        if mayReuse, let idle = pool.takeIdle() { return connected(idle) }
        client?.pauseContent()
        let attempt = pool.connect { result in
            self.attempt = nil
            switch result {
            case .success(let connection): self.connected(connection)
            case .failure: self.unreachable(pool)
            }
        }
        // It may have failed at once.
        if !attempt.isDone { self.attempt = attempt }
    }

    /// What the requests of one thread have in common.
    private var thread: String {
        request?.head.fields.first(.sessionID) ?? request?.meter.facts.promptCacheKey
            ?? balance.text
    }

    private func connected(_ connection: UpstreamConnection) {
        guard state == .connecting, let request else { return connection.close() }
        advance(to: .relaying)
        upstream = connection
        request.isEndGathered = false
        connection.attach(self)
        // A body that was kept whole has a length, however the client framed it.
        let framing =
            isBodyWhole && keepsBody && !request.kept.isLost
            ? BodyFraming.length(request.kept.bytes.count) : request.head.framing
        connection.begin(
            requestHead(request.head, framing), method: request.head.method,
            isChunked: framing == .chunked)
        // The client goes on behind what was kept, and may end its request meanwhile.
        let wasWhole = isBodyWhole
        sendKept()
        if wasWhole { finishRequest() }
    }

    private func requestHead(_ head: RequestHead, _ framing: BodyFraming) -> [UInt8] {
        switch side {
        case .own:
            return UpstreamRequest.ownHead(
                head, framing, origin: gateway.own.origin, isRead: keepsBody,
                turnState: rules.mayMove ? .own : .any)
        case .managed:
            guard let credential else { preconditionFailure("managed without a credential") }
            return UpstreamRequest.head(
                head, framing, origin: credential.pool.origin,
                authorization: credential.authorization, account: credential.accountID,
                turnState: rules.mayMove ? .managed : .any)
        }
    }

    private func unreachable(_ pool: UpstreamPool) {
        gateway.alarms.raise("upstream unreachable", pool.origin.authority)
        refuse(.upstreamUnreachable)
    }

    // MARK: The body

    func receive(_ content: Span<UInt8>) {
        guard let request, state == .relaying || request.isCollecting, !content.isEmpty else {
            return
        }
        if route.isBillable, rules.isMetered { request.meter.feed(content, in: 0..<content.count) }
        guard let upstream else {
            if request.isCollecting { collect(content, request) }
            return
        }
        // Nothing comes between the last of a body and its end: they leave in one write.
        let isEnding = client?.isContentComplete == true
        // And nothing comes in which an unfinished request could go out again.
        if keepsBody || !isEnding { keep(content, request, upstream) }
        let batch = upstream.openBatch()
        append(request.heldByte, to: batch)
        batch.append(content.extracting(0..<content.count - 1))
        request.heldByte = content[content.count - 1]
        request.isEndGathered = isEnding
        guard !isEnding, !batch.isEmpty else { return }
        if !upstream.sendBatch(isLast: false) { waitForUpstream() }
    }

    private func append(_ heldByte: UInt8?, to batch: WriteBatch) {
        guard let heldByte else { return }
        let copy: InlineArray<1, UInt8> = [heldByte]
        batch.appendCopy(copy.span)
    }

    /// No upstream is chosen yet.
    private func collect(_ content: Span<UInt8>, _ request: RequestUnderWay) {
        expectBody(request)
        request.kept.append(content)
        request.heldByte = content[content.count - 1]
        guard request.kept.isLost else { return }
        // Too long to be kept: it streams to where a request goes first.
        request.isCollecting = false
        if held != nil { return passOnRefusal() }
        reason = nil
        connect(mayReuse: true)
    }

    private func keep(
        _ content: Span<UInt8>, _ request: RequestUnderWay, _ upstream: UpstreamConnection
    ) {
        guard keepsBody || upstream.isReused, !request.kept.isLost else { return }
        expectBody(request)
        request.kept.append(content)
        if request.kept.isLost { request.kept.forget() }
    }

    private func expectBody(_ request: RequestUnderWay) {
        if request.kept.bytes.isEmpty, case .length(let count) = request.head.framing {
            request.kept.expect(count)
        }
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
        guard state == .relaying || state == .connecting else { return }
        // The response is complete and settled: what the request says no longer matters.
        guard case .open = settlement else { return }
        isBodyWhole = true
        if rules.isMetered, route.isBillable { request?.facts = request?.meter.facts }
        if let request, request.isCollecting {
            request.isCollecting = false
            decide()
        } else if upstream != nil {
            finishRequest()
        }
    }

    /// The request is whole, and an upstream has all of it but the last byte.
    private func finishRequest() {
        if side == .managed, request?.isHoldRaised == false {
            if let sentence = contentRefusal {
                cutUpstream()
                return refuse(.shown(sentence))
            }
            if let error = raiseHold() {
                cutUpstream()
                return refuse(error)
            }
        }
        releaseLastByte()
    }

    /// Why the operator's account does not take this request; nil when it does.
    var contentRefusal: String? {
        guard let facts = request?.facts else { return RequestRefusal.malformed.sentence }
        if isForm { return nil }
        if route != .responses, facts.isStream { return Self.streamRefusal }
        if let refusal = facts.refusal { return refusal.sentence }
        return facts.isComplete ? nil : RequestRefusal.malformed.sentence
    }

    /// The meter reads such an answer as one document.
    private static let streamRefusal =
        "This is not available as a stream here. Please leave out `stream`."

    /// `images/edits` sends its pictures as a form.
    private var isForm: Bool {
        guard route == .images, let fields = request?.head.fields,
            let type = fields.firstIndex(of: .contentType)
        else { return false }
        return fields.valueHasPrefix("multipart/form-data", at: type)
    }

    private func releaseLastByte() {
        guard let upstream, let request else { return }
        let batch = request.isEndGathered ? gateway.loop.batch : upstream.openBatch()
        request.isEndGathered = false
        append(request.heldByte, to: batch)
        upstream.sendBatch(isLast: true)
        isRequestSent = true
        request.heldByte = nil
        let expectsStream = request.facts?.isStream ?? Self.acceptsEvents(request.head)
        if !keepsBody { request.kept.forget() }
        letRequestGo()
        let limits = gateway.limits
        expect(
            within: expectsStream
                ? limits.upstreamFirstByteSeconds : limits.upstreamAnswerSeconds)
    }

    private static func acceptsEvents(_ head: RequestHead) -> Bool {
        guard let accept = head.fields.firstIndex(of: .accept) else { return false }
        return head.fields.valueHasPrefix("text/event-stream", at: accept)
    }

    // MARK: Once more on a fresh connection

    /// A pooled connection may have been closed by the upstream while the request was on its way.
    /// As long as the request is not whole, nothing was generated, and it may go out again.
    var mayRepeat: Bool {
        guard let upstream, upstream.isReused, !upstream.hasAnswered, client != nil else {
            return false
        }
        return (!isRequestSent && request?.kept.isLost == false) || isIdempotent
    }

    /// It changes nothing upstream (RFC 9110 9.2.2), and there is no body to keep.
    private var isIdempotent: Bool {
        guard let head = request?.head, head.framing == .none else { return false }
        return head.method == .get || head.method == .head
    }

    func repeatOnFreshConnection() {
        upstream?.close()
        upstream = nil
        sendAgain(mayReuse: false)
    }

    private func sendKept() {
        guard let request, !request.kept.bytes.isEmpty, let upstream else { return continueBody() }
        let batch = upstream.openBatch()
        // The last byte stays withheld.
        batch.append(request.kept.bytes, dropLast: 1)
        let isSent = batch.isEmpty || upstream.sendBatch(isLast: false)
        if !keepsBody || request.kept.isLost { request.kept.forget() }
        if isSent { continueBody() } else if !isBodyWhole { waitForUpstream() }
    }

    private func continueBody() {
        if !isBodyWhole { client?.resumeContent() }
    }
}
