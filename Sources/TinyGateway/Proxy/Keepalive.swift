import Billing

/// Keeps the own logins of those who want it warm: does what `KeepaliveSchedule` says, over the own
/// upstream. Nothing here is billed, and no content is kept.
final class Keepalive {
    private let gateway: Gateway
    private let seal: TokenSeal
    private let schedule: KeepaliveSchedule
    private var calls: [(balance: BalanceID, call: UpstreamCall)] = []
    private var isWriting = false
    private var isCancelled = false

    /// - Parameter random: gives 64 random bits.
    init(
        _ gateway: Gateway, seal: TokenSeal, terms: KeepaliveTerms,
        random: @escaping KeepaliveSchedule.Random
    ) {
        self.gateway = gateway
        self.seal = seal
        schedule = KeepaliveSchedule(terms, random: random)
        gateway.directory.onChange = { self.follow() }
        follow()
    }

    // MARK: For the exchange

    /// Whether a login of this balance should be handed to `saw`: its owner wants it, and none was
    /// taken lately.
    func wants(_ balance: BalanceID) -> Bool {
        !isCancelled && schedule.wants(balance, at: gateway.now)
    }

    /// The own upstream has answered a request with these fields with a success.
    func saw(_ balance: BalanceID, _ fields: Fields) {
        guard wants(balance), fields.count(of: .authorization) == 1,
            fields.count(of: .chatGPTAccountID) == 1,
            let authorization = fields.first(.authorization),
            let accountID = fields.first(.chatGPTAccountID),
            let login = CustomerLogin(authorization: authorization, accountID: accountID)
        else { return }
        schedule.saw(balance, seal.seal(login, of: balance), at: gateway.now)
        write()
    }

    // MARK: For the commands

    /// The balance's keepalive as it is now; nil when it is not on.
    func record(of balance: BalanceID) -> KeepaliveRecord? {
        schedule.record(of: balance)
    }

    // MARK: Work

    /// To be called every second.
    func tick() {
        guard !isCancelled, !gateway.isDraining else { return }
        let now = gateway.now
        let due = schedule.begin(at: now, isOver: { self.isOver($0, at: now) })
        for balance in due { ask(balance) }
        write()
    }

    /// Ends what is under way. What was found goes to the disk with the last change.
    func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        for (_, call) in calls { call.cancel() }
        calls.removeAll()
        save()
        gateway.directory.onChange = nil
    }

    /// Consent that was taken back counts at once, also for what is under way.
    private func follow() {
        let withdrawn = schedule.follow(gateway.directory.content.records, at: gateway.now)
        for balance in withdrawn { forget(balance)?.cancel() }
    }

    private func forget(_ balance: BalanceID) -> UpstreamCall? {
        guard let index = calls.firstIndex(where: { $0.balance == balance }) else { return nil }
        return calls.remove(at: index).call
    }

    private func isOver(_ id: BalanceID, at now: Timestamp) -> Bool {
        guard let balance = gateway.books.ledger.balance(id) else { return true }
        // A pass that was never bought is none; a balance of money may be empty.
        return balance.isExpired(at: now) || (balance.expires == nil && !balance.service.hasMoney)
    }

    /// One attempt: a login that is not accepted now is tried again at its next time at the
    /// earliest.
    private func ask(_ balance: BalanceID) {
        guard let kept = schedule.record(of: balance)?.login else { return }
        guard let login = seal.open(kept, of: balance) else {
            return ended(balance, .skipped(.unreadable))
        }
        let model = KeepaliveRequest.cheapestModel(gateway.prices.table, at: gateway.now)
        let content = KeepaliveRequest.content(model)
        let head = KeepaliveRequest.head(gateway.own.origin, login, contentBytes: content.count)
        var isOver = false
        let call = UpstreamCall(
            to: gateway.own, head: head, content: content, within: Limits.keepaliveSeconds,
            contentBytesMax: Limits.keepaliveAnswerBytes
        ) { result in
            isOver = true
            _ = self.forget(balance)
            self.took(result, balance)
        }
        // It may have failed at once.
        if !isOver { calls.append((balance, call)) }
    }

    private func took(_ result: Result<UpstreamCall.Answer, UpstreamError>, _ balance: BalanceID) {
        switch result {
        case .success(let answer):
            let result = KeepaliveAnswer.result(answer, at: gateway.now)
            schedule.ended(balance, result, at: gateway.now)
        case .failure: ended(balance, .unanswered)
        }
    }

    private func ended(_ balance: BalanceID, _ outcome: KeepaliveResult.Outcome) {
        let now = gateway.now
        schedule.ended(balance, KeepaliveResult(at: now, outcome: outcome), at: now)
    }

    // MARK: The disk

    private func write() {
        if !isWriting, schedule.isWriteDue(at: gateway.now) { save() }
    }

    private func save() {
        isWriting = true
        schedule.beganWriting(at: gateway.now)
        let change: Directory.Change = { content throws(DirectoryError) in
            content.updateKeepalives { self.schedule.record(of: $0) }
        }
        gateway.directory.change(change) { error in
            self.isWriting = false
            guard let error else { return }
            self.schedule.failedToWrite()
            self.gateway.alarms.raise("keepalive not written", error.text)
        }
    }
}
