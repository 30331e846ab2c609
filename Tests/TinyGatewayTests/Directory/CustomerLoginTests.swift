import Billing
import Testing

@testable import TinyGateway

@Suite("Directory: customers' logins") struct CustomerLoginTests {
    static func login(_ token: String, account: String = "acct-1") -> CustomerLogin? {
        CustomerLogin(authorization: "Bearer " + token, accountID: account)
    }

    static func token(_ claims: String) -> String {
        "e30." + Base64URL.encode([UInt8](claims.utf8).span) + ".c2ln"
    }

    private static func read(_ plain: [UInt8]) -> CustomerLogin? {
        CustomerLogin(plain: plain.span)
    }

    @Test func onlyALoginIsOne() {
        #expect(Self.login("abc") != nil)
        #expect(CustomerLogin(authorization: "bearer abc", accountID: "a") != nil)
        let long = String(repeating: "x", count: Limits.ownLoginBytes)
        let bad: [(String, String)] = [
            ("Basic abc", "a"), ("Bearer", "a"), ("Bearer ", "a"), ("Bearer tg_abc", "a"),
            ("Bearer sk-abc", ""), ("Bearer a b", "a"), ("Bearer  abc", "a"), ("", "a"),
            ("Bearer abc\r\nx: y", "a"), ("Bearer abc", "a\nb"), ("Bearer \(long)", "a"),
            ("Bearer abc", long), ("Bearer abc", "ä"),
        ]
        for (authorization, account) in bad {
            #expect(
                CustomerLogin(authorization: authorization, accountID: account) == nil,
                "\(authorization.prefix(40)) \(account.prefix(10))")
        }
    }

    @Test func itIsReadAsItWasWritten() throws {
        let login = try #require(Self.login("abc"))
        let plain = login.plain
        #expect(
            plain == [0, 0, 0, 10] + [UInt8]("Bearer abc".utf8) + [0, 0, 0, 6]
                + [UInt8]("acct-1".utf8))
        let read = try #require(Self.read(plain))
        #expect(read.authorization == "Bearer abc" && read.accountID == "acct-1")
        for end in plain.indices { #expect(Self.read(Array(plain[..<end])) == nil) }
        #expect(Self.read(plain + [0, 0, 0, 0]) == nil)
        #expect(Self.read([0xFF, 0xFF, 0xFF, 0xFF, 1]) == nil)
        // The lengths keep one pair from looking like another.
        #expect(login.digest != Self.login("abca", account: "cct-1")?.digest)
    }

    static let ends: [(String, String?)] = [
        ("{\"exp\":1763771712}", "2025-11-22T00:35:12.000Z"),
        ("{\"iss\": \"x\", \"exp\": 1763771712, \"aud\": [1]}", "2025-11-22T00:35:12.000Z"),
        ("{\"exp\":-5}", "1970-01-01T00:00:00.000Z"),
        ("{\"exp\":99999999999999}", nil),
        ("{\"exp\":\"1763771712\"}", nil),
        ("{\"iat\":1763771712}", nil),
        ("[1]", nil),
        ("{", nil),
    ]

    @Test(arguments: ends) func aTokenSaysWhenItExpires(claims: String, expected: String?) throws {
        let login = try #require(Self.login(Self.token(claims)))
        #expect(login.expires?.text == expected)
    }

    @Test func whatIsNoJSONWebTokenDoesNotSay() throws {
        for token in ["abc", "a.b", "..", "a.!.c", "e30.e30"] {
            #expect(try #require(Self.login(token)).expires == nil, "\(token)")
        }
    }

    @Test func aSealedLoginOpensForItsBalanceAndPurposeOnly() throws {
        let key = SecretBytes([UInt8](repeating: 9, count: 32).span)
        let other = SecretBytes([UInt8](repeating: 8, count: 32).span)
        let seal = TokenSeal(key: key)
        let balance = try #require(BalanceID("b_1"))
        let login = try #require(Self.login("abc"))
        let kept = seal.seal(login, of: balance)
        #expect(kept.digest == login.digest && kept.expires == nil)
        #expect(seal.open(kept, of: balance)?.authorization == "Bearer abc")
        #expect(seal.open(kept, of: try #require(BalanceID("b_2"))) == nil)
        #expect(TokenSeal(key: other).open(kept, of: balance) == nil)
        #expect(seal.open(try #require(Base64URL.decode(kept.sealed)), of: balance) == nil)
        let again = seal.seal(login, of: balance)
        #expect(again.sealed != kept.sealed && again.digest == kept.digest, "a fresh nonce")
        let token = DirectoryTests.token(4)
        let swapped = KeepaliveLogin(
            sealed: Base64URL.encode(seal.seal(token, of: balance).span), digest: kept.digest,
            expires: nil)
        #expect(seal.open(swapped, of: balance) == nil)
    }
}
