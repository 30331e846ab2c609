import Billing

/// Answers that the client knows nothing of yet: refusals, and streams that may turn out to be one.
extension Exchange {
    // MARK: Refusal documents

    func collect(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        guard let held else { return range.upperBound }
        guard held.content.count + range.count <= Limits.upstreamErrorBytes else {
            // Longer than any refusal of a quota.
            guard side == .managed else {
                commitHeld()
                return relay(bytes, range)
            }
            // And nobody's text to pass on.
            cutUpstream()
            passOnStatus()
            return range.upperBound
        }
        keep(bytes.extracting(range), in: held)
        return range.upperBound
    }

    private func keep(_ piece: Span<UInt8>, in held: HeldAnswer) {
        held.content.append(copying: piece)
        gateway.loop.budget.take(piece.count)
    }

    /// A refusal is here, whole.
    func refusalEnded() {
        guard let held else { return refuse(.upstreamBroken) }
        let refusal = UpstreamRefusal(status: held.head.status, content: held.content)
        if mayAwaitBody(refusal) { return awaitBody(refusal) }
        if !goesElsewhere(refusal) { passOnRefusal() }
    }

    /// The upstream did not wait for the body; whether it may go elsewhere is known at its end.
    private func mayAwaitBody(_ refusal: UpstreamRefusal) -> Bool {
        side == .own && refusal.quota != nil && !isBodyWhole && canSendAgain
    }

    private func awaitBody(_ refusal: UpstreamRefusal) {
        held?.refusal = refusal
        upstream?.release()
        upstream = nil
        stopWaiting()
        advance(to: .connecting)
        request?.isCollecting = true
        client?.resumeContent()
    }

    private var concernsOperator: Bool {
        guard side == .managed, let held else { return false }
        return UpstreamAnswer.concernsOperator(status: held.head.status, body: held.content)
    }

    func passOnRefusal() {
        guard let held else { return refuse(.upstreamBroken) }
        guard !concernsOperator else {
            gateway.alarms.raise("managed upstream refused", "status \(held.head.status)")
            return refuse(.serviceUnavailable(rules.name))
        }
        let client = self.client
        let fields =
            side == .own
            ? UpstreamAnswer.ownHead(held.head, promo: request?.promo)
            : UpstreamAnswer.head(held.head)
        settleWithoutEntry()
        close()
        client?.respond(fields, body: held.content)
    }

    /// A refusal whose text did not come whole: its status and `retry-after` go on, with our
    /// sentence.
    func passOnStatus() {
        guard let head = held?.head,
            !UpstreamAnswer.concernsOperator(status: head.status, body: [])
        else { return refuse(.serviceUnavailable(rules.name)) }
        var error = OpenAIError(
            status: head.status, message: "The upstream refused the request. Nothing was charged.",
            type: "server_error", code: "upstream_refused")
        if let wait = head.fields.first(.retryAfter), HeadWriter.isFieldValue(wait) {
            error.fields = [OpenAIError.HeadField(name: "retry-after", value: wait)]
        }
        refuse(error)
    }

    // MARK: Streams before their first output

    /// Holds back the beginning of a stream, until it is an answer or a refusal.
    func hold(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        guard let held else { return range.upperBound }
        switch held.handshake?.feed(bytes, in: range) {
        case .held:
            keep(bytes.extracting(range), in: held)
            if held.content.count > Limits.handshakeBytes { commitHeld() }
            return range.upperBound
        case .refused(let event):
            let refusal = UpstreamRefusal(status: 200, event: event)
            if mayAwaitBody(refusal) {
                keep(bytes.extracting(range), in: held)
                awaitBody(refusal)
                return range.upperBound
            }
            if goesElsewhere(refusal) { return range.upperBound }
        case .committed, nil: break
        }
        commitHeld()
        return relay(bytes, range)
    }

    /// - Returns: whether the client does not hear of this refusal.
    private func goesElsewhere(_ refusal: UpstreamRefusal) -> Bool {
        if moveToManaged(refusal) || repeatWithoutReasoning(refusal)
            || tryNextCredential(refusal)
        {
            return true
        }
        guard side == .managed, refusal.concernsCredential else { return false }
        refuse(.serviceUnavailable(rules.name))
        return true
    }

    /// What was held back goes to the client, and so does whatever follows.
    func commitHeld() {
        guard let held, state == .relaying else { return }
        forgetHeldAnswer()
        expect(within: gateway.limits.upstreamIdleSeconds)
        // What was held as a stream is read on as one, whatever the request turns out to say.
        commit(held.head, isHeldStream: held.handshake != nil)
        let content = held.content
        guard !content.isEmpty else { return }
        let stop = meter?.feed(content.span, in: 0..<content.count)
        check(stop == nil, "an end is not held back")
        gather()?.append(content)
    }
}
