import Billing

/// Who may start a request, and with how much money behind it.
extension Exchange {
    /// Takes the smallest hold and a place among the balance's streams.
    /// - Returns: what the client is told when it may not go on.
    func admit() -> OpenAIError? {
        isCounted = gateway.traffic.begin(access.balance, at: began)
        guard isCounted else { return .rateLimited }
        guard let head else { return .notFound }
        // Without a body there is no request; the upstream is not asked.
        guard head.framing != .none, head.framing != .length(0) else {
            return .shown(RequestRefusal.malformed.sentence)
        }
        guard !gateway.loop.budget.isExhausted, !gateway.isDraining else { return .overloaded }
        if head.fields.contains(.contentEncoding) {
            return .shown(
                "Compressed request bodies are not accepted here. Please set "
                    + "`enable_request_compression = false` under [features] in config.toml.")
        }
        do throws(AdmissionError) {
            let ticket = try gateway.books.admit(
                access.balance, exchange: id, hold: gateway.terms.minimumHold)
            self.ticket = ticket
            // The charge spends the lots that the hold was taken from.
            began = ticket.began
            return nil
        } catch {
            return refusal(error)
        }
    }

    /// Raises the hold to what the whole request may cost.
    func raiseHold(_ facts: RequestFacts) -> OpenAIError? {
        guard let ticket else { return .overloaded }
        let estimate = gateway.prices.table.estimate(
            bodyBytes: facts.bodyBytes, model: facts.model.flatMap(ModelName.init),
            fast: ServiceTier.isFast(facts.serviceTier), maxOutputTokens: facts.maxOutputTokens,
            allowance: gateway.terms.outputAllowance, at: began)
        do throws(LedgerError) {
            try gateway.books.raise(
                ticket, to: max(estimate, gateway.terms.minimumHold),
                overdraft: gateway.terms.overdraft)
            return nil
        } catch {
            return .usedUp(error, publicURL: gateway.publicURL)
        }
    }

    private func refusal(_ error: AdmissionError) -> OpenAIError {
        switch error {
        case .syncFailed: .ledgerClosed
        case .diskFull: .overloaded
        case .refused(let reason): .usedUp(reason, publicURL: gateway.publicURL)
        }
    }
}

/// The service tier of a request or a response.
enum ServiceTier {
    /// `priority` is Fast, `default` is not. `fast` is what users write; Codex sends `priority`.
    static func isFast(_ tier: String?) -> Bool {
        tier == "priority" || tier == "fast"
    }
}
