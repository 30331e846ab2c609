import Testing

@testable import TinyGateway

@Suite("Proxy: the upstream's answer") struct UpstreamAnswerTests {
    static func head(_ fields: [String]) throws -> [String] {
        let upstream = try Heads.response("HTTP/1.1 200 Fine", fields)
        return Heads.lines(UpstreamAnswer.head(upstream).finish())
    }

    /// What Codex reads or a person needs to report a fault.
    @Test(arguments: [
        "content-type: text/event-stream", "x-request-id: req_1", "x-codex-turn-state: abc",
        "openai-model: gpt-5.5", "openai-version: 2020-10-01", "retry-after: 3", "cf-ray: 1",
        "x-models-etag: e", "Date: Sun, 22 Nov 2026 00:35:12 GMT", "X-Unknown: a b",
    ]) func whatTheClientNeedsStays(_ field: String) throws {
        #expect(try Self.head([field]) == ["HTTP/1.1 200 Fine", field])
    }

    /// The operator's account, and one hop's fields.
    @Test(arguments: [
        "Set-Cookie: a=b", "Location: https://elsewhere.test", "OpenAI-Organization: org-1",
        "OpenAI-Project: proj-1", "OpenAI-Processing-Ms: 100", "X-RateLimit-Limit-Requests: 5",
        "x-ratelimit-remaining-tokens: 5", "X-Codex-Primary-Used-Percent: 99",
        "x-codex-credits-balance: 1", "x-codex-promo-message: buy", "Content-Length: 0",
        "Connection: keep-alive", "Keep-Alive: timeout=5", "Transfer-Encoding: chunked",
        "Alt-Svc: h3=\":443\"", "Upgrade: h2", "Trailer: x",
    ]) func whatIsTheOperatorsOrOneHopsGoes(_ field: String) throws {
        #expect(try Self.head([field]) == ["HTTP/1.1 200 Fine"])
    }

    @Test func whatConnectionNamesGoes() throws {
        #expect(
            try Self.head(["X-Hop: 1", "Connection: x-hop", "X-Stays: 2"])
                == ["HTTP/1.1 200 Fine", "X-Stays: 2"])
    }

    /// What comes for the user's own login goes on in its order; only the hop's fields are new.
    @Test func theOwnAnswerStaysAsItIs() throws {
        let fields = [
            "set-cookie: a=b", "x-codex-primary-used-percent: 99", "X-RateLimit-Limit: 5",
            "location: /x", "openai-organization: o", "content-encoding: gzip",
            "x-codex-promo-message: buy",
        ]
        let hop = ["content-length: 5", "connection: close", "alt-svc: h3"]
        let upstream = try Heads.response("HTTP/1.1 200 Fine", fields + hop)
        #expect(
            Heads.lines(UpstreamAnswer.ownHead(upstream).finish()) == ["HTTP/1.1 200 Fine"] + fields
        )
        #expect(
            Heads.lines(UpstreamAnswer.ownHead(upstream, promo: "top up").finish())
                == ["HTTP/1.1 200 Fine"] + fields.dropLast() + ["x-codex-promo-message: top up"])
    }

    @Test func aTurnStateForTwoSidesIsMarked() throws {
        let upstream = try Heads.response("HTTP/1.1 200 Fine", ["x-codex-turn-state: abc"])
        #expect(
            Heads.lines(UpstreamAnswer.head(upstream, marksTurnState: true).finish())
                == ["HTTP/1.1 200 Fine", "x-codex-turn-state: \(TurnState.mark)abc"])
    }

    @Test(
        arguments: [
            (.images, "application/json", true), (.images, "text/event-stream", false),
            (.search, "text/event-stream", false), (.search, "text/plain", true),
            (.responses, "text/event-stream", true),
        ] as [(Route, String, Bool)]) func imagesAndSearchesAreDocuments(
            _ route: Route, _ type: String, _ isReadable: Bool
        ) throws
    {
        let head = try Heads.response("HTTP/1.1 200 OK", ["content-type: \(type)"])
        #expect(UpstreamAnswer.isReadable(head, route) == isReadable)
        let mode = UpstreamAnswer.mode(head, route, isStream: true)
        #expect((mode == .images) == (route == .images))
        #expect((mode == .search) == (route == .search))
    }

    @Test func theMeterReadsWhatTheContentIs() throws {
        let cases: [(String, Bool, UsageMeter.Mode)] = [
            ("content-type: text/event-stream; charset=utf-8", false, .eventStream),
            ("content-type: Application/JSON", true, .document),
            ("content-type: text/plain", true, .eventStream),
            ("content-type: text/plain", false, .document),
            ("x: y", true, .eventStream),
            ("x: y", false, .document),
        ]
        for (field, isStream, mode) in cases {
            let head = try Heads.response("HTTP/1.1 200 OK", [field])
            #expect(
                UpstreamAnswer.mode(head, .responses, isStream: isStream) == mode,
                "\(field) \(isStream)")
        }
    }

    @Test func codedContentCannotBeRead() throws {
        for (field, isReadable) in [
            ("x: y", true), ("content-encoding: identity", true), ("Content-Encoding: gzip", false),
            ("content-encoding: zstd", false),
        ] {
            let head = try Heads.response("HTTP/1.1 200 OK", [field])
            #expect(UpstreamAnswer.isReadable(head, .responses) == isReadable, "\(field)")
        }
    }

    @Test func refusalsOfTheOperatorAreKept() {
        let cases: [(Int, String, Bool)] = [
            (401, "", true), (403, "{}", true), (302, "", true),
            (429, #"{"error":{"type":"insufficient_quota"}}"#, true),
            (429, #"{"error":{"type":"x","code":"usage_limit_reached"}}"#, true),
            (429, #"{"error":{"type":"rate_limit_error","code":"rate_limit_exceeded"}}"#, false),
            (400, #"{"error":{"code":"invalid_prompt"}}"#, false),
            (400, #"{"error":"text"}"#, false),
            (500, "<html>", false), (500, "", false),
        ]
        for (status, body, isOperators) in cases {
            #expect(
                UpstreamAnswer.concernsOperator(status: status, body: [UInt8](body.utf8))
                    == isOperators, "\(status) \(body)")
        }
    }
}
