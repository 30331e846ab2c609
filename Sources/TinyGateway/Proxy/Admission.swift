import Billing

/// Who may start a request, and with how much money behind it.
extension Exchange {
    /// Takes a place among the balance's streams, and what its service asks for at the beginning.
    /// - Returns: what the client is told when it may not go on.
    func admit() -> OpenAIError? {
        isCounted = gateway.traffic.begin(balance, at: began)
        guard isCounted else { return .rateLimited }
        guard let head = request?.head else { return .notFound }
        // Without a body there is no request; the upstream is not asked.
        let hasBody = head.framing != .none && head.framing != .length(0)
        if route.isBillable, rules.isMetered, !hasBody {
            return .shown(RequestRefusal.malformed.sentence)
        }
        guard !gateway.loop.budget.isExhausted, !gateway.isDraining else { return .overloaded }
        switch rules.admission {
        case .hold: return refuseCoding(head) ?? takeHold()
        case .pass: return checkPass()
        case .unexpired: return checkExpiry()
        }
    }

    private func refuseCoding(_ head: RequestHead) -> OpenAIError? {
        guard head.fields.contains(.contentEncoding) else { return nil }
        return .shown(
            "Compressed request bodies are not accepted here. Please set "
                + "`enable_request_compression = false` under [features] in config.toml.")
    }

    private func checkPass() -> OpenAIError? {
        if let end = gateway.books.ledger.balance(balance)?.passExpires, end > began {
            return nil
        }
        return .passOver(publicURL: gateway.publicURL)
    }

    private func checkExpiry() -> OpenAIError? {
        guard gateway.books.ledger.balance(balance)?.isExpired(at: began) != false else {
            return nil
        }
        return .usedUp(.expired, publicURL: gateway.publicURL)
    }

    /// Takes the smallest hold.
    func takeHold() -> OpenAIError? {
        do throws(AdmissionError) {
            let ticket = try gateway.books.admit(
                balance, exchange: id, hold: gateway.terms.minimumHold)
            self.ticket = ticket
            // The charge spends the lots that the hold was taken from.
            began = ticket.began
            return nil
        } catch {
            return refusal(error)
        }
    }

    /// Raises the hold to what the whole request may cost.
    func raiseHold() -> OpenAIError? {
        guard let ticket else { return .overloaded }
        do throws(LedgerError) {
            try gateway.books.raise(
                ticket, to: max(estimate, gateway.terms.minimumHold),
                overdraft: gateway.terms.overdraft)
            request?.isHoldRaised = true
            return nil
        } catch {
            return .usedUp(error, publicURL: gateway.publicURL)
        }
    }

    private var estimate: Money {
        let table = gateway.prices.table
        guard let facts = request?.facts, route != .search else { return .zero }
        guard route == .responses else {
            let asked = facts.image
            return table.estimate(
                images: asked.count, model: asked.model, quality: asked.quality, size: asked.size)
        }
        return table.estimate(
            bodyBytes: facts.bodyBytes, model: facts.model.flatMap(ModelName.init),
            fast: ServiceTier.isFast(facts.serviceTier), maxOutputTokens: facts.maxOutputTokens,
            allowance: gateway.terms.outputAllowance, at: began)
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
