import Billing

/// The life of one request: its states are those of `ExchangeState`, its halves stand in the files
/// beside this one: the request's way up (`Exchange+Request`), the answer's way down
/// (`Exchange+Answer`), what is not an answer yet (`Exchange+Refusal`), the way from one upstream
/// to another (`Exchange+Move`), and what becomes of the money (`Exchange+Settlement`).
final class Exchange: Responder, UpstreamReceiver, DeadlineHolder {
    let gateway: Gateway
    let batch: WriteBatch
    let id: ExchangeID
    let access: Access
    let rules: ServiceRules
    let route: Route
    /// Where the gateway's list has this exchange.
    var place = 0
    /// The moment of admission: its price table counts, and the lots it may spend are of then.
    var began: Timestamp
    /// Nil once the client has left.
    var client: ServerConnection?
    private(set) var state = ExchangeState.authenticating

    // The request's way up.
    var head: RequestHead?
    var requestMeter: RequestMeter
    var facts: RequestFacts?
    var ticket: HoldTicket?
    var isHoldRaised = false
    /// Whether it has a place among its balance's streams.
    var isCounted = false
    /// The body's last byte so far, withheld until the whole request is known to be paid for.
    var heldByte: UInt8?
    /// The loop's batch holds the body's last piece, for the write that ends the request.
    var isEndGathered = false
    /// The body, as long as it may have to be sent again.
    var kept: KeptBody
    /// The client has sent all of its request.
    var isBodyWhole = false
    /// The body is read to its end before an upstream is chosen.
    var isCollecting = false
    var isRequestSent = false

    // Whose account, and what was tried.
    var side: ServiceRules.Side
    var credential: Credential?
    /// The operator's credentials that have refused this request.
    var tried: [Credential] = []
    /// Why Boost uses money.
    var reason: Reason?
    /// The own upstream has said that its quota is used up.
    var wasRefused = false
    /// What the client is told with the own upstream's refusal when money kept it from moving.
    var promo: String?
    /// Reasoning that another account had encrypted was taken out of the body.
    var isFiltered = false
    /// Of a request that may move.
    let login: OwnLogin?

    // The answer's way down.
    var attempt: UpstreamAttempt?
    var upstream: UpstreamConnection?
    var meter: UsageMeter?
    var answer = AnswerPhase.awaited
    var isBatchOpen = false
    /// The answer has a Content-Length, so nothing can be added to it.
    var hasLength = false
    var held: HeldAnswer?
    var settlement = Settlement.open
    /// When reading on without a client ends.
    var abandonedAt: Milliseconds?
    private let deadline: Deadline

    enum AnswerPhase {
        case awaited
        /// A refusal whose text is read before anything is said to the client.
        case collecting
        /// The beginning of a stream that may yet turn out to be a refusal.
        case held
        case relaying
        /// The client has its answer, or is past one.
        case done
    }

    enum Settlement {
        case open
        /// The end is withheld until the charge is durable.
        case waiting
        case charged
        /// Nothing to charge, or a void.
        case free
    }

    init(
        gateway: Gateway, access: Access, route: Route, head: RequestHead,
        client: ServerConnection
    ) {
        self.gateway = gateway
        batch = gateway.loop.batch
        self.access = access
        self.route = route
        requestMeter = RequestMeter(isForImages: route == .images)
        rules = .of(access.service)
        side = rules.firstSide
        login =
            rules.mayMove
            ? OwnLogin(head, balance: access.balance, seed: gateway.fingerprintSeed) : nil
        self.head = head
        self.client = client
        kept = KeptBody(budget: gateway.loop.budget, bytesMax: gateway.limits.replayBodyBytes)
        id = gateway.makeExchangeID()
        began = gateway.now
        deadline = Deadline(gateway.loop.deadlines)
        deadline.holder = self
        gateway.began(self)
    }

    func advance(to next: ExchangeState) {
        check(state.allows(next), "an exchange left its path")
        state = next
    }

    // MARK: Time

    /// How long the upstream may take for what comes next. Without a client the whole wait is
    /// bounded too.
    func expect(within seconds: Int) {
        // The wheel does not keep its holders: a closed exchange sets nothing.
        guard state != .closed else { return }
        var wait = Milliseconds.seconds(seconds)
        if let abandonedAt {
            wait = min(wait, max(Milliseconds(1), abandonedAt - gateway.loop.now))
        }
        deadline.set(after: wait)
    }

    /// Bytes came: the wait for the next ones begins anew.
    @inline(__always)
    func upstreamIsAlive() {
        if abandonedAt == nil {
            deadline.touch()
        } else {
            expect(within: gateway.limits.upstreamIdleSeconds)
        }
    }

    func deadlinePassed(_ deadline: Deadline) {
        guard state == .relaying else { return }
        upstreamFellSilent()
    }

    func stopWaiting() {
        deadline.clear()
    }

    // MARK: Ends

    /// Tells the client what went wrong and ends the exchange. The hold is dropped: nothing was
    /// used.
    func refuse(_ error: OpenAIError) {
        // The upstream answered before it had the request, and its charge is under way: that
        // decides.
        if case .waiting = settlement { return }
        settleWithoutEntry()
        if case .relaying = answer, client?.withdrawAnswer() == false {
            return failStream(FailureEvent.invalidPrompt, error.message)
        }
        let client = self.client
        isBatchOpen = false
        close()
        client?.respond(error)
    }

    /// The last step of every exchange.
    func close() {
        guard state != .closed else { return }
        if state != .settling, state != .authenticating { advance(to: .settling) }
        state = .closed
        deadline.clear()
        attempt?.cancel()
        attempt = nil
        upstream?.release()
        upstream = nil
        kept.forget()
        forgetHeldAnswer()
        if let ends = meter?.repeatedTerminals, ends > 0 {
            gateway.alarms.raise("second end", access.balance.text)
        }
        client = nil
        head = nil
        meter = nil
        if isCounted { gateway.traffic.end(access.balance) }
        gateway.ended(self)
    }

    /// Ends the upstream's connection whatever it is doing, so that nothing more is generated on
    /// it.
    func cutUpstream() {
        attempt?.cancel()
        attempt = nil
        upstream?.close()
        upstream = nil
    }

    func clientLeft() {
        client = nil
        guard state == .connecting || state == .relaying else { return }
        abandonedAt =
            gateway.loop.now + Milliseconds.seconds(gateway.limits.abandonedSeconds)
        if case .waiting = settlement { return }
        guard isRequestSent, side == .managed else {
            // The upstream has not got a whole request, so nothing was generated; or what it
            // generates is the client's own affair, and would have ended with its connection too.
            cutUpstream()
            settleWithoutEntry()
            return close()
        }
        switch answer {
        case .awaited:
            // It may take as long as with a client, but not longer than it may take without one.
            if let abandonedAt { deadline.set(notAfter: abandonedAt) }
        case .held:
            commitHeld()
        case .collecting, .relaying, .done:
            expect(within: gateway.limits.upstreamIdleSeconds)
        }
        upstream?.resume()
    }

    /// The process ends: what was generated so far is given up, and the books say so.
    func abandon() {
        if case .waiting = settlement { return }
        cutUpstream()
        if case .open = settlement, isRequestSent { void(.shutdown) }
        settleWithoutEntry()
        close()
    }

    func drained() {
        if case .waiting = settlement { return }
        upstream?.resume()
    }
}
