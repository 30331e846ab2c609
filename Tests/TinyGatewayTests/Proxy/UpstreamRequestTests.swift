import Testing

@testable import TinyGateway

@Suite("Proxy: the request to the upstream") struct UpstreamRequestTests {
    static let origin = UpstreamOrigin(URL("http://api.example.test:8443/v1")!)

    static func head(_ line: String, _ fields: [String]) throws -> [String] {
        let client = try Heads.request(line, ["Host: gateway.test"] + fields)
        return Heads.lines(
            UpstreamRequest.head(
                client, client.framing, origin: origin, authorization: "Bearer sk-operator",
                account: nil, keepsTurnState: true))
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
