import Billing

/// What can be reached on the listeners that face clients.
final class GatewayRouter: RequestRouter {
    private let gateway: Gateway

    init(gateway: Gateway) {
        self.gateway = gateway
    }

    func route(_ head: RequestHead, on connection: ServerConnection) -> any Responder {
        if let exchange = begin(head, connection) { return exchange }
        return IdleResponder()
    }

    /// - Returns: the exchange that answers; nil when the answer has been given.
    private func begin(_ head: RequestHead, _ connection: ServerConnection) -> Exchange? {
        if let refusal = Self.refusal(head) {
            connection.respond(refusal)
            return nil
        }
        let path = ClientPath(head.target.path)
        let isRead = head.method == .get || head.method == .head
        if connection.exposure.isInClear(head), head.target.path != "/healthz" {
            refuseInClear(head, path, connection)
            return nil
        }
        guard let api = path.api else {
            answerPage(head, connection)
            return nil
        }
        guard let access = authenticate(head, path, connection) else { return nil }
        let route = Route(head.method, api)
        if route.isBillable || ServiceRules.of(access.service).firstSide == .own {
            let exchange = Exchange(
                gateway: gateway, access: access, route: route, head: head, client: connection)
            exchange.start()
            return exchange
        }
        if isRead, api == "/models" {
            answerModels(head, connection)
        } else {
            connection.respond(.notFound)
        }
        return nil
    }

    private func answerPage(_ head: RequestHead, _ connection: ServerConnection) {
        guard head.method == .get || head.method == .head, head.target.path == "/healthz" else {
            return connection.respond(.notFound)
        }
        connection.respond(
            status: 200, contentType: "text/plain; charset=utf-8", body: Array("ok\n".utf8))
    }

    /// What is refused whoever asks.
    private static func refusal(_ head: RequestHead) -> OpenAIError? {
        switch head.method {
        case .connect, .trace:
            return .invalidRequest(400, "This method is not available here.", code: "bad_method")
        default: break
        }
        guard head.target.form == .origin || head.target.form == .absolute,
            PathRules.isPlain(head.target.path)
        else {
            return .invalidRequest(
                400, "The path has dot segments or encoded slashes. Please check `base_url`.",
                code: "bad_path")
        }
        // Codex falls back to plain HTTP at once (`codex-wire.md` section 7).
        return head.upgrade == .websocket ? .upgradeRefused : nil
    }

    /// Tokens are not taken in clear. Whoever only wants to look is shown the way, where there is
    /// one.
    private func refuseInClear(
        _ head: RequestHead, _ path: ClientPath, _ connection: ServerConnection
    ) {
        let isRead = head.method == .get || head.method == .head
        guard isRead, path.api == nil, path.token == nil, gateway.publicURL.hasPrefix("https://")
        else { return connection.respond(.inClear(publicURL: gateway.publicURL)) }
        var location = gateway.publicURL + head.target.path
        if let query = head.target.query { location += "?" + query }
        connection.respond(
            status: 308, contentType: "text/plain; charset=utf-8",
            fields: [OpenAIError.HeadField(name: "location", value: location)],
            body: Array("\(location)\n".utf8))
    }

    private func authenticate(
        _ head: RequestHead, _ path: ClientPath, _ connection: ServerConnection
    ) -> Access? {
        switch Authentication.access(head, path, in: gateway.directory) {
        case .success(let access): return access
        case .failure(let refusal):
            connection.respond(refusal.error(hasLogin: head.fields.contains(.chatGPTAccountID)))
            return nil
        }
    }

    private func answerModels(_ head: RequestHead, _ connection: ServerConnection) {
        // Codex asks with its version and wants its own catalog; an empty one leaves its models as
        // they are.
        let isCodex = Query(head.target.query).has("client_version")
        let body =
            isCodex
            ? Array(#"{"models":[]}"#.utf8)
            : ModelList.body(gateway.prices.table, at: gateway.now)
        connection.respond(status: 200, contentType: "application/json", body: body)
    }
}
