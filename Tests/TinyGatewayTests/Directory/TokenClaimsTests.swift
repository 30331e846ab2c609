import Billing
import Testing

@testable import TinyGateway

@Suite("Directory: what a token says of itself") struct TokenClaimsTests {
    static func token(_ claims: String) -> String {
        "e30." + Base64URL.encode([UInt8](claims.utf8).span) + ".c2ln"
    }

    @Test func itsTimesAndItsAccountAreRead() {
        let claims = TokenClaims(
            Self.token(
                """
                {"iat":1795000000,"exp":1795003600,"https://api.openai.com/auth":\
                {"chatgpt_account_id":"acc"}}
                """))
        #expect(claims.issued == Timestamp(millisecondsSince1970: 1_795_000_000_000))
        #expect(claims.expires == Timestamp(millisecondsSince1970: 1_795_003_600_000))
        #expect(claims.accountID == "acc")
    }

    @Test func aTokenFromBeforeTimeBeganHasExpired() {
        let claims = TokenClaims(Self.token("{\"exp\":-1,\"iat\":-1}"))
        #expect(claims.expires == Timestamp(millisecondsSince1970: 0) && claims.issued == nil)
    }

    /// A whole field's value will do.
    @Test func theSchemeDoesNotMatter() {
        let token = Self.token("{\"exp\":1795000000}")
        #expect(TokenClaims("Bearer " + token) == TokenClaims(token))
    }

    @Test(arguments: [
        "", "opaque", "a.b", "a..c", "e30.e30", "e30.!!.x", "..", "e30.bm90IGpzb24.x",
        token("[1]"), token("{\"exp\":\"soon\"}"), token("{\"exp\":1.5}"),
        token("{\"exp\":99999999999999}"),
    ]) func whatIsNoTokenSaysNothing(_ text: String) {
        let claims = TokenClaims(text)
        #expect(claims.issued == nil && claims.expires == nil && claims.accountID == nil)
    }
}
