import Testing

@testable import TinyGateway

@Suite struct HandshakeRefusalTests {
    private func refusal(_ document: String) -> HandshakeRefusal? {
        HandshakeRefusal(document: Array(document.utf8))
    }

    @Test(arguments: [
        (
            "{\"error\":{\"type\":\"usage_limit_reached\"}}", "usage_limit_reached",
            "usage_limit_reached"
        ),
        (
            "{\"error\":{\"type\":\"usage_not_included\",\"code\":null}}", "usage_not_included",
            "usage_not_included"
        ),
        (
            "{\"error\":{\"type\":\"usage_limit_reached\",\"code\":\"rate_limit_exceeded\"}}",
            "usage_limit_reached", "usage_limit_reached"
        ),
        (
            "{\"error\":{\"type\":\"invalid\",\"code\":\"invalid_encrypted_content\"}}",
            "invalid_encrypted_content", "invalid"
        ),
        (
            "{\"error\":{\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
            "insufficient_quota", "insufficient_quota"
        ),
        ("{\"error\":{\"code\":\"quota_exceeded\"}}", "quota_exceeded", ""),
        (
            "{\"error\":{\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}",
            "rate_limit_exceeded", "requests"
        ),
        ("{\"error\":{\"type\":\"server_error\",\"code\":\"\"}}", "server_error", "server_error"),
        (
            "{\"detail\":{\"code\":\"usage_limit_reached\",\"message\":\"m\"}}",
            "usage_limit_reached", ""
        ),
        ("{\"error\":null,\"detail\":{\"code\":\"x\"}}", "x", ""),
        ("{\"error\":{\"code\":\"a\"},\"detail\":{\"code\":\"b\"}}", "a", ""),
        (" {\"error\":{\"c\\u006fde\":\"quota_exceede\\u0064\"}}\n", "quota_exceeded", ""),
    ])
    func aDocumentNamesItsCode(document: String, code: String, type: String) {
        #expect(refusal(document) == HandshakeRefusal(code: code, type: type))
    }

    @Test(arguments: [
        "", "{}", "null", "[]", "usage_limit_reached", "<html>",
        "{\"error\":\"usage_limit_reached\"}",
        "{\"error\":{}}", "{\"error\":{\"code\":5,\"type\":[\"x\"]}}", "{\"detail\":\"text\"}",
        "{\"error\":{\"code\":\"usage_limit_reached\"}", "{\"error\":{\"code\":\"x\"}} more",
        "{\"code\":\"usage_limit_reached\"}", "{\"error\":{\"message\":\"usage_limit_reached\"}}",
    ])
    func otherDocumentsNameNone(document: String) {
        #expect(refusal(document) == nil)
    }

    @Test(
        arguments: [
            ("\"resets_at\":1795310000,\"resets_in_seconds\":60", 1_795_310_000, 60),
            ("\"resets_at\":0", 0, nil), ("\"resets_in_seconds\":7", nil, 7),
            ("\"resets_at\":-5,\"resets_in_seconds\":1.5", nil, nil),
            ("\"resets_at\":\"5\",\"resets_in_seconds\":null", nil, nil),
            ("\"resets_at\":99999999999999999999", nil, nil),
        ] as [(String, Int64?, Int64?)])
    func theResetsAreKept(members: String, at: Int64?, in seconds: Int64?) {
        let found = refusal("{\"error\":{\"type\":\"usage_limit_reached\",\(members)}}")
        #expect(found?.resetsAt == at && found?.resetsIn == seconds)
        #expect(found?.code == "usage_limit_reached")
    }

    @Test func aDocumentBeyondTheBoundIsNotRead() {
        let start = "{\"error\":{\"code\":\"quota_exceeded\"}}"
        let room = Limits.upstreamErrorBytes - start.utf8.count
        #expect(refusal(start + String(repeating: " ", count: room)) != nil)
        #expect(refusal(start + String(repeating: " ", count: room + 1)) == nil)
    }

    @Test func everyCodeHasItsName() {
        for code in HandshakeReaderTests.codes {
            #expect(RefusalCode(code.utf8.span)?.name == code)
        }
        #expect(
            RefusalCode("".utf8.span) == nil && RefusalCode("rate_limit_exceeded".utf8.span) == nil)
    }
}
