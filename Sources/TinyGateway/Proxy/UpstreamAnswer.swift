/// What of an upstream's answer goes on to the client.
enum UpstreamAnswer {
    /// Fields that are the operator's own business or mean one hop only. `x-ratelimit-*` and
    /// `x-codex-*` belong to the operator's account too, except the turn state, which Codex sends
    /// back.
    private static let dropped = FieldNameSet.hopByHop.union(
        FieldNameSet(
            .setCookie, .location, .openAIOrganization, .openAIProject, .openAIProcessing,
            .contentLength, .altSvc))

    /// What means one hop, or another server, only.
    private static let droppedOwn = FieldNameSet.hopByHop.union(
        FieldNameSet(.contentLength, .altSvc))

    /// The head of an answer to the user's own login: as it came.
    /// - Parameter promo: what the customer is told instead of the upstream's promotion.
    static func ownHead(_ upstream: ResponseHead, promo: String? = nil) -> HeadWriter {
        var head = HeadWriter(status: upstream.status, reason: upstream.reason)
        let fields = upstream.fields
        for index in fields.indices {
            let name = fields.name(at: index)
            if droppedOwn.contains(name) || fields.isHopByHop(at: index) { continue }
            if promo != nil, name == .xCodexPromoMessage { continue }
            head.field(copying: index, of: fields)
        }
        if let promo { head.field(.xCodexPromoMessage, promo) }
        return head
    }

    /// The head of a managed answer, without framing and connection fields.
    /// - Parameter marksTurnState: the client also talks to another side, and the turn state has to
    ///   come back to this one.
    static func head(_ upstream: ResponseHead, marksTurnState: Bool = false) -> HeadWriter {
        var head = HeadWriter(status: upstream.status, reason: upstream.reason)
        let fields = upstream.fields
        for index in fields.indices {
            let name = fields.name(at: index)
            if dropped.contains(name) || fields.isHopByHop(at: index) { continue }
            if isAccountField(name, at: index, of: fields) { continue }
            if marksTurnState, name == .xCodexTurnState {
                head.field(.xCodexTurnState, TurnState.mark + fields.value(at: index))
            } else {
                head.field(copying: index, of: fields)
            }
        }
        return head
    }

    private static func isAccountField(
        _ name: FieldName, at index: Int, of fields: Fields
    ) -> Bool {
        if name == .xCodexTurnState { return false }
        return fields.nameHasPrefix("x-codex-", at: index)
            || fields.nameHasPrefix("x-ratelimit-", at: index)
    }

    /// How the meter reads an answer: as its Content-Type says, else as the request asked.
    static func mode(_ head: ResponseHead, _ route: Route, isStream: Bool) -> UsageMeter.Mode {
        if route == .images { return .images }
        if route == .search { return .search }
        guard let index = head.fields.firstIndex(of: .contentType) else {
            return isStream ? .eventStream : .document
        }
        let fields = head.fields
        if fields.valueHasPrefix("text/event-stream", at: index) { return .eventStream }
        if fields.valueHasPrefix("application/json", at: index) { return .document }
        return isStream ? .eventStream : .document
    }

    /// Whether the meter can read the content: no content coding, and a document where one is due.
    static func isReadable(_ head: ResponseHead, _ route: Route) -> Bool {
        if route == .images || route == .search,
            let type = head.fields.firstIndex(of: .contentType),
            head.fields.valueHasPrefix("text/event-stream", at: type)
        {
            return false
        }
        return hasNoCoding(head)
    }

    private static func hasNoCoding(_ head: ResponseHead) -> Bool {
        !head.fields.contains(.contentEncoding)
            || head.fields.valueEquals(.contentEncoding, ignoringCase: "identity")
    }

    /// Whether an upstream's refusal speaks of the operator's account: its text quotes keys and
    /// plans, so the client is told something else.
    static func concernsOperator(status: Int, body: [UInt8]) -> Bool {
        if status == 401 || status == 403 || (300..<400).contains(status) { return true }
        guard let document = try? JSONReader.read(body, bytesMax: body.count),
            let error = document["error"]
        else { return false }
        for key in ["type", "code"] {
            switch error[key]?.string {
            case "insufficient_quota", "usage_limit_reached", "usage_not_included",
                "quota_exceeded", "invalid_api_key", "billing_hard_limit_reached":
                return true
            default: continue
            }
        }
        return false
    }
}
