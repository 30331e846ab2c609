import Billing

/// The way from one upstream to another: from the user's own login to the operator's account, from
/// one of the operator's credentials to the next, and once more without what only another account
/// can read. Always before the client has seen anything, and always after a refusal: nothing is
/// generated twice.
extension Exchange {
    /// Why this request should go to the managed side at once; nil when the own one is asked first.
    var plannedReason: Reason? {
        guard rules.mayMove, let request, let login = request.login,
            !request.head.fields.contains(.contentEncoding)
        else { return nil }
        let now = gateway.loop.now.count
        if gateway.boost.hasMoved(login.turn, now: now) { return .sameTurn }
        return gateway.boost.isUsedUp(login.quota, now: now) ? .usedUp : nil
    }

    /// The whole body is here, to be sent again.
    var canSendAgain: Bool {
        keepsBody && request?.kept.isLost == false && client != nil
    }

    /// The body's end, for which the choice of an upstream has waited.
    func decide() {
        if let refusal = held?.refusal {
            if !moveToManaged(refusal) { passOnRefusal() }
            return
        }
        // Where money cannot help, the own quota is asked after all.
        if let reason = plannedReason, let login = request?.login, obstacle() == nil {
            self.reason = reason
            side = .managed
            // The turn stays, also when the quota is back before its end. One without a name would
            // stay for ever.
            if login.isTurnNamed {
                gateway.boost.move(login.turn, isNamed: true, now: gateway.loop.now.count)
            }
        }
        connect(mayReuse: true)
    }

    /// The own upstream has refused: the request goes on to the operator's account.
    /// - Returns: false when it may not; then the refusal is passed on.
    func moveToManaged(_ refusal: UpstreamRefusal) -> Bool {
        guard rules.mayMove, side == .own, let login = request?.login,
            let reason = refusal.quota
        else { return false }
        wasRefused = true
        let now = gateway.loop.now.count
        gateway.boost.ranOut(
            login.quota, seconds: refusal.seconds(at: gateway.loop.wallClock / 1000), now: now)
        guard canSendAgain, isBodyWhole else { return false }
        if let obstacle = obstacle() {
            request?.promo = obstacle.promo
            return false
        }
        self.reason = reason
        gateway.boost.move(login.turn, isNamed: login.isTurnNamed, now: now)
        side = .managed
        sendAgain()
        return true
    }

    /// Takes the hold that the managed side asks for.
    /// - Returns: what stands in the way; then nothing is held.
    private func obstacle() -> Obstacle? {
        guard contentRefusal == nil, request?.head.fields.contains(.contentEncoding) != true else {
            return Obstacle(promo: nil)
        }
        if let error = takeHold() ?? raiseHold() {
            settleWithoutEntry()
            return Obstacle(promo: error.fields.first?.value)
        }
        return nil
    }

    /// Why a request cannot go on to the managed side.
    struct Obstacle {
        /// What the client is told when money is the reason.
        let promo: String?
    }

    /// A credential of the operator's was refused. - Returns: whether the request goes on.
    func tryNextCredential(_ refusal: UpstreamRefusal) -> Bool {
        guard side == .managed, let credential, refusal.concernsCredential else { return false }
        gateway.managed.refused(
            credential, status: refusal.status, code: refusal.code,
            resetsAt: refusal.resetsAt(gateway.loop.wallClock / 1000))
        request?.tried.append(credential)
        guard canSendAgain else { return false }
        // When all have refused it, that is where the client hears of it.
        sendAgain()
        return true
    }

    /// The account cannot read reasoning that another one has encrypted: once more without it.
    func repeatWithoutReasoning(_ refusal: UpstreamRefusal) -> Bool {
        guard let request, refusal.isEncryptedContent, !request.isFiltered, isBodyWhole,
            canSendAgain, let filtered = ReasoningFilter.removingReasoning(request.kept.bytes)
        else { return false }
        request.isFiltered = true
        request.kept.replace(filtered)
        sendAgain()
        return true
    }

    /// Back before the connection: the answer so far is forgotten, the body is sent anew.
    func sendAgain(mayReuse: Bool = true) {
        upstream?.release()
        upstream = nil
        stopWaiting()
        if state == .relaying { advance(to: .connecting) }
        isRequestSent = false
        answer = .awaited
        forgetHeldAnswer()
        request?.heldByte = request?.kept.bytes.last
        connect(mayReuse: mayReuse)
    }

    func forgetHeldAnswer() {
        gateway.loop.budget.give(held?.content.count ?? 0)
        held = nil
    }
}
