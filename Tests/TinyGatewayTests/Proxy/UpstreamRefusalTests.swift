import Billing
import Testing

@testable import TinyGateway

/// What follows from what an upstream says (`DESIGN` section 5, `codex-wire.md` section 4).
@Suite("Proxy: refusals of an upstream") struct UpstreamRefusalTests {
    struct Row {
        let status: Int
        let error: String
        let quota: Reason?
        let isEncrypted: Bool
        let concernsCredential: Bool

        init(
            _ status: Int, _ error: String, quota: Reason? = nil, encrypted: Bool = false,
            credential: Bool = false
        ) {
            self.status = status
            self.error = error
            self.quota = quota
            isEncrypted = encrypted
            concernsCredential = credential
        }
    }

    static let rows = [
        Row(
            429, #""type":"usage_limit_reached""#, quota: .usageLimitReached, credential: true),
        Row(
            429, #""type":"x","code":"usage_limit_reached""#, quota: .usageLimitReached,
            credential: true),
        Row(
            429, #""type":"usage_not_included","code":null"#, quota: .usageNotIncluded,
            credential: true),
        Row(429, #""type":"insufficient_quota""#, credential: true),
        Row(429, #""type":"rate_limit_exceeded","code":"rate_limit_exceeded""#),
        Row(429, #""message":"usage_limit_reached""#),
        Row(401, #""code":"invalid_api_key""#, credential: true),
        Row(403, #""type":"usage_limit_reached""#, credential: true),
        Row(403, #""code":"forbidden""#),
        Row(402, #""code":"payment_required""#),
        Row(400, #""code":"invalid_encrypted_content""#, encrypted: true),
        Row(500, #""code":"invalid_encrypted_content""#),
        Row(400, #""code":"context_length_exceeded""#),
        Row(503, #""code":"server_is_overloaded""#),
    ]

    @Test(arguments: rows) func aDocumentSaysWhatMayFollow(_ row: Row) {
        let refusal = UpstreamRefusal(
            status: row.status, content: [UInt8]("{\"error\":{\(row.error)}}".utf8))
        #expect(refusal.quota == row.quota, "\(row)")
        #expect(refusal.isEncryptedContent == row.isEncrypted, "\(row)")
        #expect(refusal.concernsCredential == row.concernsCredential, "\(row)")
    }

    @Test(
        arguments: [
            ("usage_limit_reached", Reason.usageLimitReached),
            ("usage_not_included", .usageNotIncluded), ("insufficient_quota", .insufficientQuota),
            ("quota_exceeded", .quotaExceeded), ("server_error", nil), ("rate_limit_exceeded", nil),
        ] as [(String, Reason?)]) func insideAStreamMoreNamesCount(_ code: String, _ quota: Reason?)
    {
        let refusal = UpstreamRefusal(status: 200, event: HandshakeRefusal(code: code))
        #expect(refusal.quota == quota)
        #expect(refusal.concernsCredential == (quota != nil))
    }

    @Test(arguments: ["", "no json", "[]", "{}", "{\"error\":\"usage_limit_reached\"}"])
    func whatIsNoRefusalDocumentSaysNothing(_ text: String) {
        let refusal = UpstreamRefusal(status: 429, content: [UInt8](text.utf8))
        #expect(refusal.quota == nil)
        #expect(!refusal.concernsCredential)
        #expect(refusal.code == nil)
    }

    @Test func aQuotaIsItsName() {
        let both = UpstreamRefusal(
            status: 429,
            content: [UInt8](#"{"error":{"type":"usage_limit_reached","code":"x"}}"#.utf8))
        #expect(both.code == "usage_limit_reached")
        let other = UpstreamRefusal(
            status: 401, content: [UInt8](#"{"error":{"type":"a","code":"b"}}"#.utf8))
        #expect(other.code == "b")
    }

    @Test func theResetIsKnownEitherWay() {
        let at = UpstreamRefusal(
            status: 429, event: HandshakeRefusal(code: "usage_limit_reached", resetsAt: 1_100))
        #expect(at.seconds(at: 1_000) == 100)
        #expect(at.resetsAt(1_000) == 1_100)
        let wait = UpstreamRefusal(
            status: 429, event: HandshakeRefusal(code: "usage_limit_reached", resetsIn: 30))
        #expect(wait.seconds(at: 1_000) == 30)
        #expect(wait.resetsAt(1_000) == 1_030)
        let none = UpstreamRefusal(
            status: 429, event: HandshakeRefusal(code: "usage_limit_reached"))
        #expect(none.seconds(at: 1_000) == nil)
    }
}
