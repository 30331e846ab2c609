import Billing

/// What becomes of the money: usage times prices, a charge or a void, and the end that waits for
/// the disk.
extension Exchange {
    /// The terminal event's last brace is here. Posts the charge.
    /// - Returns: whether the client has to wait for it.
    func settle() -> Bool {
        guard case .open = settlement, let response = meter?.response else { return false }
        guard response.hasUsage else {
            void(.noUsage)
            return false
        }
        guard let entry = chargeEntry(response) else {
            gateway.alarms.raise("odd usage", model(response)?.text ?? "")
            void(.oddUsage)
            return false
        }
        raiseAlarms(entry, response)
        ticket = nil
        if entry.amount == .zero {
            // A prewarm: nothing to wait for.
            settlement = .free
            gateway.books.post(.charge(entry)) { _ in }
            return false
        }
        settlement = .waiting
        expect(within: gateway.limits.settleSeconds)
        gateway.books.post(.charge(entry)) { outcome in self.settled(outcome) }
        return true
    }

    private func chargeEntry(_ response: MeteredResponse) -> ChargeEntry? {
        guard !response.tokens.isOdd else { return nil }
        let usage = Usage(
            input: response.tokens.input, cached: response.tokens.cached,
            cacheWrite: response.tokens.cacheWrite, output: response.tokens.output,
            reasoning: response.tokens.reasoning, searches: response.searches,
            images: images(of: response))
        let model = model(response) ?? gateway.prices.table.unknownModel
        let fast = ServiceTier.isFast(response.serviceTier ?? tierAsked)
        guard
            let price = try? gateway.prices.table.charge(
                usage, model: model, fast: fast, at: began)
        else { return nil }
        return ChargeEntry(
            balance: balance, id: id, began: began, response: response.responseID ?? "",
            model: model, table: gateway.prices.digest, fast: fast,
            tier: response.serviceTier ?? tierAsked ?? "", usage: usage, price: price,
            metered: client == nil ? .drained : .exact, reason: reason)
    }

    /// What an answer with images leaves out is what was asked for.
    private func images(of response: MeteredResponse) -> [ImageUse] {
        guard route == .images, let facts = request?.facts else { return response.images }
        return response.images.map(facts.completing)
    }

    private func model(_ response: MeteredResponse?) -> ModelName? {
        (response?.model ?? modelAsked ?? defaultModel).flatMap(ModelName.init)
    }

    /// Of an answer that names no model.
    private var defaultModel: String? {
        route == .images ? "gpt-image-2" : nil
    }

    private func raiseAlarms(_ entry: ChargeEntry, _ response: MeteredResponse) {
        if entry.isUnknownModel { gateway.alarms.raise("unknown model", entry.model.text) }
        if entry.fast, !ServiceTier.isFast(tierAsked) {
            gateway.alarms.raise("fast unasked", entry.model.text)
        }
    }

    /// Writes down that this exchange is not charged, and why.
    func void(_ reason: Reason) {
        settlement = .free
        guard ticket != nil else { return }
        ticket = nil
        let response = meter?.response
        let entry = VoidEntry(
            balance: balance, id: id, began: began, response: response?.responseID ?? "",
            model: model(response), reason: reason)
        gateway.books.post(.void(entry)) { _ in }
    }

    /// Gives the hold back without a line: nothing was generated.
    func settleWithoutEntry() {
        guard let ticket else { return }
        self.ticket = nil
        gateway.books.drop(ticket)
    }

    private func settled(_ outcome: PostOutcome) {
        // Given up meanwhile, and the client told.
        guard state != .closed, case .waiting = settlement else { return }
        switch outcome {
        case .durable:
            settlement = .charged
            expect(within: gateway.limits.upstreamIdleSeconds)
            guard let upstream else {
                return failStream(
                    FailureEvent.invalidPrompt,
                    "The response was charged, but its end was lost. Please contact the operator.")
            }
            upstream.resume()
        case .voided:
            notWritten()
        case .syncFailed, .closed:
            settlement = .free
            failStream(
                FailureEvent.invalidPrompt,
                "The gateway could not make sure of this response's charge. The operator has been "
                    + "told and will correct it. Please try again later.")
        case .repeated, .refused:
            check(false, "the books refused a charge whose hold they had given")
        }
    }

    /// The disk takes long. An entry that has not reached it yet becomes a void; one that is being
    /// synced may yet stand, so it is waited for.
    func settlingTakesLong() {
        if gateway.books.abandon(id) { return notWritten() }
        expect(within: 1)
    }

    private func notWritten() {
        settlement = .free
        failStream(
            FailureEvent.invalidPrompt,
            "The gateway could not write this response into its books. It was not charged. "
                + "Please try again later.")
    }
}
