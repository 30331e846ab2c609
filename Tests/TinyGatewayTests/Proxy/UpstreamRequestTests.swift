import Testing

@testable import TinyGateway

@Suite("Proxy: the request to the upstream") struct UpstreamRequestTests {
    static let origin = UpstreamOrigin(URL("http://api.example.test:8443/v1")!)

    static func head(_ line: String, _ fields: [String]) throws -> [String] {
        let client = try Heads.request(line, ["Host: gateway.test"] + fields)
        return Heads.lines(
            UpstreamRequest.head(
                client, client.framing, origin: origin, authorization: "Bearer sk-operator",
                account: nil, turnState: .any))
    }

    static let own = [
        "host: api.example.test:8443", "authorization: Bearer sk-operator",
        "accept-encoding: identity",
    ]

    @Test func itIsBuiltFromTheTargetAndOurFields() throws {
        let head = try Self.head("POST /v1/responses?a=b&c HTTP/1.1", ["Content-Length: 12"])
        #expect(
            head == ["POST /v1/responses?a=b&c HTTP/1.1"] + Self.own + ["content-length: 12"])
    }

    @Test(arguments: [
        "/v1/responses", "/u/tg_secret/v1/responses", "http://gateway.test/v1/responses",
    ]) func theClientsPathIsNotTheUpstreams(_ target: String) throws {
        let head = try Self.head("POST \(target) HTTP/1.1", [])
        #expect(head == ["POST /v1/responses HTTP/1.1"] + Self.own)
    }

    @Test func chunksStayChunks() throws {
        let head = try Self.head("POST /v1/responses HTTP/1.1", ["Transfer-Encoding: chunked"])
        #expect(
            head == ["POST /v1/responses HTTP/1.1"] + Self.own + ["transfer-encoding: chunked"])
    }

    /// What Codex sends for the model's sake travels as it is.
    @Test(arguments: [
        "accept: text/event-stream", "content-type: application/json", "user-agent: codex/1",
        "originator: codex_cli_rs", "version: 0.163.0", "session-id: s", "thread-id: t",
        "x-codex-turn-metadata: {}", "x-codex-turn-state: abc", "x-client-request-id: 1",
        "OpenAI-Beta: responses=experimental", "X-Unknown-Field:  two  words ",
        "idempotency-key: k",
    ]) func whatBelongsToTheRequestStays(_ field: String) throws {
        let head = try Self.head("POST /v1/responses HTTP/1.1", [field])
        let name = field.prefix { $0 != ":" }
        let value = field.dropFirst(name.count + 1)
        let trimmed = value.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        #expect(head.dropFirst(4) == ["\(name): \(String(trimmed))"])
    }

    /// Credentials, one hop's fields, what front proxies add.
    @Test(arguments: [
        "Authorization: Bearer eyJ.login", "Cookie: a=b", "ChatGPT-Account-Id: acc",
        "OpenAI-Organization: org", "OpenAI-Project: proj", "X-TinyGateway-Token: tg_secret",
        "Accept-Encoding: gzip, br", "Expect: 100-continue", "Connection: keep-alive",
        "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic x",
        "TE: trailers", "Trailer: x", "Upgrade: h2c", "Forwarded: for=1.2.3.4",
        "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: a", "X-Forwarded-Proto: https",
        "X-Real-IP: 1.2.3.4", "Via: 1.1 a",
    ]) func whatIsOursOrOneHopsGoes(_ field: String) throws {
        let head = try Self.head("POST /v1/responses HTTP/1.1", [field])
        #expect(head == ["POST /v1/responses HTTP/1.1"] + Self.own)
    }

    @Test func whatConnectionNamesGoes() throws {
        let head = try Self.head(
            "POST /v1/responses HTTP/1.1",
            ["X-Hop: 1", "Connection: close, x-hop", "X-Stays: 2"])
        #expect(head == ["POST /v1/responses HTTP/1.1"] + Self.own + ["X-Stays: 2"])
    }

    // MARK: The user's own login

    static func ownHead(
        _ fields: [String], isRead: Bool = false, turnState: TurnState = .any
    ) throws -> [String] {
        let line = "POST /u/tg_x/v1/responses?a=b HTTP/1.1"
        let client = try Heads.request(line, ["Host: gateway.test"] + fields)
        return Heads.lines(
            UpstreamRequest.ownHead(
                client, client.framing, origin: origin, isRead: isRead,
                turnState: turnState))
    }

    static let ownStart = ["POST /v1/responses?a=b HTTP/1.1", "host: api.example.test:8443"]

    @Test(arguments: [
        "Authorization: Bearer eyJ.login", "Cookie: a=b", "ChatGPT-Account-Id: acc",
        "OpenAI-Organization: org", "OpenAI-Beta: x", "Accept-Encoding: gzip, br",
        "content-encoding: zstd", "x-codex-turn-state: abc", "x-codex-window-id: w:0",
        "session-id: s", "thread-id: t", "originator: codex_exec", "X-Unknown: 1",
    ]) func theLoginGoesAsItCame(_ field: String) throws {
        #expect(try Self.ownHead([field]) == Self.ownStart + [field])
    }

    @Test(arguments: [
        "X-TinyGateway-Token: tg_secret", "Expect: 100-continue", "Connection: keep-alive",
        "Proxy-Authorization: Basic x", "TE: trailers", "Via: 1.1 a", "X-Forwarded-For: 1.2.3.4",
        "x-original-uri: /u/x/v1", "cf-connecting-ip: 1.2.3.4",
        "referer: http://h/u/tg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/v1",
    ]) func whatIsOursIsNotInIt(_ field: String) throws {
        #expect(try Self.ownHead([field]) == Self.ownStart)
    }

    @Test func anAnswerThatIsReadComesPlain() throws {
        #expect(
            try Self.ownHead(["Accept-Encoding: gzip"], isRead: true)
                == Self.ownStart + ["accept-encoding: identity"])
    }

    /// A state goes back to the side that issued it.
    @Test(
        arguments: [
            (.any, "abc", "abc"), (.own, "abc", "abc"), (.managed, "abc", nil),
            (.any, TurnState.mark + "abc", TurnState.mark + "abc"),
            (.own, TurnState.mark + "abc", nil),
            (.managed, TurnState.mark + "abc", "abc"),
        ] as [(TurnState, String, String?)]) func turnStatesKnowTheirSide(
            _ side: TurnState, _ state: String, _ sent: String?
        ) throws
    {
        let head = try Self.ownHead(["x-codex-turn-state: \(state)"], turnState: side)
        #expect(head == Self.ownStart + (sent.map { ["x-codex-turn-state: \($0)"] } ?? []))
    }

    /// The letters of a token inside of a signature are not a token.
    @Test(arguments: [
        "Bearer xtg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer tg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer tg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ]) func whatOnlyLooksLikeATokenStays(_ value: String) throws {
        #expect(
            try Self.ownHead(["authorization: \(value)"])
                == Self.ownStart + ["authorization: \(value)"])
    }

    @Test func anAccessTokenNamesItsAccount() throws {
        let client = try Heads.request(
            "POST /v1/responses HTTP/1.1", ["Host: x", "chatgpt-account-id: the-customers"])
        let head = Heads.lines(
            UpstreamRequest.head(
                client, .length(3), origin: Self.origin, authorization: "Bearer eyJ",
                account: "acct-operator", turnState: .managed))
        #expect(
            head.dropFirst(2) == [
                "authorization: Bearer eyJ", "chatgpt-account-id: acct-operator",
                "accept-encoding: identity", "content-length: 3",
            ])
    }

    @Test func anOriginKnowsItsParts() {
        #expect(Self.origin.host == "api.example.test")
        #expect(Self.origin.port == 8443)
        #expect(!Self.origin.isSecure)
        let secure = UpstreamOrigin(URL("https://api.example.test/v1/")!)
        #expect(secure.port == 443)
        #expect(secure.isSecure)
        #expect(secure.authority == "api.example.test")
        #expect(secure.basePath == "/v1")
    }
}
