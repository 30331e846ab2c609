import Billing

/// What can go wrong with an answer, and what the client is told then.
extension Exchange {
    func upstreamFailed(_ error: UpstreamError) {
        switch answer {
        case .awaited: failedBeforeAnswer(error)
        case .collecting where side == .managed: passOnStatus()
        case .collecting, .held, .relaying:
            commitHeld()
            cutOff(error)
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
    func failBeforeAnswer(_ reason: Reason, _ error: OpenAIError) {
        cutUpstream()
        if isRequestSent { void(reason) }
        refuse(error)
    }

    /// The upstream's connection ended inside an answer that the client already sees.
    private func cutOff(_ error: UpstreamError) {
        upstream = nil
        if side == .own { return breakOff() }
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
                // Taken back: what follows is a whole answer again.
                answer = .done
                isBatchOpen = false
                return refuse(error == .cut ? .upstreamClosed : .upstreamBroken)
            }
            failStream(
                FailureEvent.serverError,
                "The upstream's connection broke off. Nothing was charged.")
        }
    }

    /// The end of the user's own answer is passed on as it came: none.
    private func breakOff() {
        let client = self.client
        if isBatchOpen { flush() }
        cutUpstream()
        close()
        client?.breakOff()
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
        case .collecting where side == .managed:
            cutUpstream()
            passOnStatus()
        case .held:
            // It takes its time to begin; whatever it is, the client may see it.
            commitHeld()
            // Outside of a read nobody else sends what was gathered.
            upstreamReadEnded()
        case .collecting:
            commitHeld()
            breakOff()
        case .done:
            cutUpstream()
            refuse(.upstreamBroken)
        case .relaying where side == .own:
            breakOff()
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
