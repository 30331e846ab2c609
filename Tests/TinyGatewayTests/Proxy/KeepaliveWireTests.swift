import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: a keepalive on the wire") struct KeepaliveWireTests {
    static let now = Timestamp("2026-11-22T10:00:00.000Z")!
    /// `now` in seconds.
    static let seconds = now.millisecondsSince1970 / 1000

    @Test func theRequestIsSmallAndSaysWhoSendsIt() throws {
        let origin = UpstreamOrigin(try #require(URL("https://chatgpt.com/backend-api/codex")))
        let login = try #require(CustomerLogin(authorization: "Bearer abc", accountID: "acct-1"))
        let content = KeepaliveRequest.content(try #require(ModelName("gpt-5.4-mini")))
        #expect(
            String(decoding: content, as: UTF8.self)
                == "{\"model\":\"gpt-5.4-mini\",\"instructions\":\"Reply with OK.\",\"input\":"
                + "[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\","
                + "\"text\":\"Reply with OK.\"}]}],\"stream\":true,\"store\":false}")
        let head = KeepaliveRequest.head(origin, login, contentBytes: content.count)
        #expect(
            String(decoding: head, as: UTF8.self) == """
                POST /backend-api/codex/responses HTTP/1.1\r
                host: chatgpt.com\r
                authorization: Bearer abc\r
                chatgpt-account-id: acct-1\r
                user-agent: tinygateway\r
                accept: text/event-stream\r
                accept-encoding: identity\r
                content-type: application/json\r
                content-length: \(content.count)\r
                \r

                """)
    }

    @Test func theCheapestModelOfTheTableIsAsked() throws {
        let table = PriceTable.default
        #expect(KeepaliveRequest.cheapestModel(table, at: Self.now).text == "gpt-5.4-mini")
        var row = try #require(table.rows.first)
        row.model = try #require(ModelName("a-cheaper-one"))
        row.input = try #require(TokenPrice("0.01"))
        row.output = try #require(TokenPrice("0.01"))
        row.from = Self.now.day
        let cheaper = table.replacing(row)
        #expect(KeepaliveRequest.cheapestModel(cheaper, at: Self.now).text == "a-cheaper-one")
        let before = Self.now.adding(days: -1)
        #expect(KeepaliveRequest.cheapestModel(cheaper, at: before).text == "gpt-5.4-mini")
    }

    static func result(
        _ status: Int, _ fields: [String], _ content: String = ""
    ) throws -> KeepaliveResult {
        let text = "HTTP/1.1 \(status) X\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
        var parser = ResponseHeadParser(limits: .response(Limits()))
        _ = try parser.feed([UInt8](text.utf8).span)
        let answer = UpstreamCall.Answer(
            head: parser.takeHead(), content: [UInt8](content.utf8))
        return KeepaliveAnswer.result(answer, at: now)
    }

    @Test func anAnswerTellsOfBothWindows() throws {
        let result = try Self.result(
            200,
            [
                "x-codex-primary-used-percent: 12.75",
                "x-codex-primary-reset-at: \(Self.seconds + 60)",
                "X-Codex-Secondary-Used-Percent: 100",
                "x-codex-secondary-reset-after-seconds: 3600",
            ], "{\"error\":{\"type\":\"usage_limit_reached\",\"resets_in_seconds\":99999}}")
        #expect(result.outcome == .answered(200))
        #expect(
            result.primary
                == KeepaliveResult.Window(usedPercent: 12, resets: Self.now + 60_000))
        #expect(
            result.secondary
                == KeepaliveResult.Window(usedPercent: 100, resets: Self.now + 3_600_000))
        #expect(result.spentUntil == Self.now + 3_600_000)
    }

    static let refusals: [(String, Int64?)] = [
        ("{\"error\":{\"type\":\"usage_limit_reached\",\"resets_in_seconds\":90}}", 90),
        ("{\"error\":{\"type\":\"usage_limit_reached\",\"resets_at\":\(seconds + 5)}}", 5),
        ("{\"error\":{\"code\":\"usage_limit_reached\",\"resets_in_seconds\":90}}", 90),
        ("{\"error\":{\"type\":\"usage_limit_reached\"}}", nil),
        ("{\"error\":{\"type\":\"usage_limit_reached\",\"resets_in_seconds\":-1}}", nil),
        ("{\"error\":{\"type\":\"usage_limit_reached\",\"resets_at\":99999999999999999}}", nil),
        ("{\"error\":{\"type\":\"usage_limit_reached\",\"resets_at\":9999999999}}", nil),
        ("{\"error\":{\"type\":\"rate_limit_exceeded\",\"resets_in_seconds\":90}}", nil),
        ("{\"error\":", nil), ("", nil),
    ]

    @Test(arguments: refusals) func aRefusalTellsUntilWhen(
        content: String, expected: Int64?
    ) throws {
        let result = try Self.result(429, [], content)
        #expect(result.spentUntil == expected.map { Self.now + $0 * 1000 })
    }

    @Test func nonsenseIsNotBelieved() throws {
        for value in ["", "-5", "abc", ".5", "1e3", "99999999999999999999"] {
            let result = try Self.result(
                200, ["x-codex-primary-used-percent: \(value)", "x-codex-primary-reset-at: 1"])
            #expect(result.primary == nil, "\(value)")
        }
        // A spent window without its end is no reason to wait.
        let result = try Self.result(200, ["x-codex-primary-used-percent: 100"])
        #expect(result.primary?.usedPercent == 100 && result.spentUntil == nil)
    }
}
