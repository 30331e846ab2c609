import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: how long a refused credential rests") struct CredentialRestTests {
    static let now = Timestamp(millisecondsSince1970: 1_795_000_000_000)

    static func seconds(_ refusal: CredentialRefusal, resetsIn: Int64? = nil) -> Int64 {
        let reset = resetsIn.map { now.millisecondsSince1970 / 1000 + $0 }
        let rest = CredentialRest(refusal, resetsAt: reset, at: now)
        return (rest.until.millisecondsSince1970 - now.millisecondsSince1970) / 1000
    }

    @Test(arguments: [
        (429, "usage_limit_reached", CredentialRefusal.usedUp),
        (200, "usage_limit_reached", .usedUp),
        (200, "quota_exceeded", .usedUp), (429, "insufficient_quota", .noQuota),
        (403, "usage_not_included", .noQuota), (401, "", .unauthorized),
        (401, "anything", .unauthorized), (400, "invalid_api_key", .unauthorized),
        (403, "", .other(status: 403)), (307, "", .other(status: 307)),
        (429, "rate_limit_exceeded", .other(status: 429)),
    ]) func refusalsAreToldApart(_ status: Int, _ code: String, _ refusal: CredentialRefusal) {
        #expect(CredentialRefusal(status: status, code: code.isEmpty ? nil : code) == refusal)
        #expect(code.isEmpty || !refusal.text.contains(code), "the upstream's own words")
    }

    @Test func restsAreShort() {
        #expect(Self.seconds(.usedUp) == 300)
        #expect(Self.seconds(.noQuota) == 300)
        #expect(Self.seconds(.unauthorized) == 300)
        #expect(Self.seconds(.other(status: 403)) == 60)
    }

    @Test func aResetIsAHint() {
        #expect(Self.seconds(.usedUp, resetsIn: 30) == 30)
        #expect(Self.seconds(.usedUp, resetsIn: 300) == 300)
        // Five days: asked again in five minutes all the same.
        #expect(Self.seconds(.usedUp, resetsIn: 432_000) == 300)
        #expect(Self.seconds(.usedUp, resetsIn: -3600) == 1)
        #expect(Self.seconds(.usedUp, resetsIn: Int64.max / 4) == 300)
        // A limit's reset says nothing of a key.
        #expect(Self.seconds(.unauthorized, resetsIn: 10) == 300)
    }

    @Test func aRestEnds() {
        let rest = CredentialRest(.usedUp, resetsAt: nil, at: Self.now)
        #expect(!rest.isOver(at: Self.now))
        #expect(!rest.isOver(at: Self.now + 299_999))
        #expect(rest.isOver(at: Self.now + 300_000))
        #expect(rest.isOver(at: Self.now.earlier(by: 1)), "a clock that was set back")
    }
}
