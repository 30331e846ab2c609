import Billing

/// The life of one request: its states are those of `ExchangeState`, its halves stand in the files
/// beside this one: the request's way up (`Exchange+Request`), the answer's way down
/// (`Exchange+Answer`), what is not an answer yet (`Exchange+Refusal`), the way from one upstream
/// to another (`Exchange+Move`), and what becomes of the money (`Exchange+Settlement`).
final class Exchange: DeadlineHolder, Responder, UpstreamReceiver {
    // The answer's way down. What each event touches stands first and together.
    let gateway: Gateway
    /// Nil once the client has left.
    var client: ServerConnection?
    var upstream: UpstreamConnection?
    var answer = AnswerPhase.awaited
    var isBatchOpen = false
    /// The answer has a Content-Length, so nothing can be added to it.
    var hasLength = false
    var settlement = Settlement.open
    private(set) var state = ExchangeState.authenticating
    /// When reading on without a client ends.
    var abandonedAt: Milliseconds?

    let route: Route
    private let service: Service
    /// Whose account.
    var side: ServiceRules.Side
    /// The own upstream has said that its quota is used up.
    var wasRefused = false
    /// Whether it has a place among its balance's streams.
    var isCounted = false
    /// The client has sent all of its request.
    var isBodyWhole = false
    var isRequestSent = false
    var meter: UsageMeter?

    /// Nil from the beginning of the answer on.
    private(set) var request: RequestUnderWay?
    /// What the request said, for an answer that does not say it.
    private var askedModel: String?
    private var askedTier: String?

    let balance: BalanceID
    let id: ExchangeID
    /// Why Boost uses money.
    var reason: Reason?
    /// The moment of admission: its price table counts, and the lots it may spend are of then.
    var began: Timestamp
    /// The place of its hold in `inflight`; negative without one.
    private var slot: Int32 = -1
    /// Where the gateway's list has this exchange.
    var place: Int32 = 0

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
        balance = access.balance
        service = access.service
        self.route = route
        let rules = ServiceRules.of(access.service)
        side = rules.firstSide
        request = RequestUnderWay(
            head, meter: RequestMeter(isForImages: route == .images),
            login: rules.mayMove
                ? OwnLogin(head, balance: access.balance, seed: gateway.fingerprintSeed) : nil,
            kept: KeptBody(budget: gateway.loop.budget, bytesMax: gateway.limits.replayBodyBytes))
        self.client = client
        id = gateway.makeExchangeID()
        began = gateway.now
        super.init(gateway.loop.deadlines)
        gateway.began(self)
    }

    var rules: ServiceRules { .of(service) }

    /// The right to be charged; nil when there is none, or it was used.
    var ticket: HoldTicket? {
        get {
            guard slot >= 0 else { return nil }
            return HoldTicket(balance: balance, exchange: id, began: began, slot: Int(slot))
        }
        set { slot = newValue.map { Int32($0.slot) } ?? -1 }
    }

    // MARK: The request

    /// To connect.
    var attempt: UpstreamAttempt? {
        get { request?.attempt }
        set { request?.attempt = newValue }
    }

    /// Of the operator's, which the request goes out with.
    var credential: Credential? {
        get { request?.credential }
        set { request?.credential = newValue }
    }

    var held: HeldAnswer? {
        get { request?.held }
        set { request?.held = newValue }
    }

    /// Nothing of the request is wanted any more, but what its answer may leave out.
    func letRequestGo() {
        // Of images, all of it is asked for once more at their end.
        guard let request, isRequestSent, answer == .relaying, route != .images else { return }
        askedModel = request.meter.facts.model
        askedTier = request.facts?.serviceTier
        request.kept.forget()
        self.request = nil
    }

    var modelAsked: String? { request?.meter.facts.model ?? askedModel }
    var tierAsked: String? { request?.facts?.serviceTier ?? askedTier }

    func advance(to next: ExchangeState) {
        check(state.allows(next), "an exchange left its path")
        state = next
    }

    // MARK: Time

    /// How long the upstream may take for what comes next. Without a client the whole wait is
    /// bounded too.
    func expect(within seconds: Int) {
        // The wheel keeps its holders: a closed exchange would be kept by it.
        guard state != .closed else { return }
        var wait = Milliseconds.seconds(seconds)
        if let abandonedAt {
            wait = min(wait, max(Milliseconds(1), abandonedAt - gateway.loop.now))
        }
        setDeadline(after: wait)
    }

    /// Bytes came: the wait for the next ones begins anew.
    @inline(__always)
    func upstreamIsAlive() {
        if abandonedAt == nil {
            touchDeadline()
        } else {
            expect(within: gateway.limits.upstreamIdleSeconds)
        }
    }

    override func deadlinePassed() {
        guard state == .relaying else { return }
        upstreamFellSilent()
    }

    func stopWaiting() {
        clearDeadline()
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
        clearDeadline()
        attempt?.cancel()
        attempt = nil
        upstream?.release()
        upstream = nil
        request?.kept.forget()
        forgetHeldAnswer()
        request = nil
        if let ends = meter?.repeatedTerminals, ends > 0 {
            gateway.alarms.raise("second end", balance.text)
        }
        client = nil
        meter = nil
        if isCounted { gateway.traffic.end(balance) }
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
            if let abandonedAt { setDeadline(notAfter: abandonedAt) }
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
