import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: auth.json") struct AuthDocumentTests {
    static func read(_ text: String) throws(AuthFault) -> AuthDocument {
        try AuthDocument([UInt8](text.utf8))
    }

    static let whole = """
        {
          "auth_mode": "chatgpt",
          "OPENAI_API_KEY": null,
          "tokens": {
            "id_token": "e30.e30.x",
            "access_token": "acc.ess",
            "refresh_token": "rt_1",
            "account_id": "acc-1",
            "extra": [1, 2.50, true]
          },
          "last_refresh": "2026-09-01T12:34:56.123456789Z",
          "agent_identity": "caf\\u00e9"
        }
        """

    @Test func theTokensOfALoginAreRead() throws {
        let document = try Self.read(Self.whole)
        #expect(
            document.login
                == .tokens(
                    CodexTokens(
                        access: "acc.ess", refresh: "rt_1", id: "e30.e30.x", accountID: "acc-1")))
        #expect(document.lastRefresh == Timestamp("2026-09-01T12:34:56.000Z"))
    }

    @Test(arguments: [
        ("{\"OPENAI_API_KEY\":\"sk-a\"}", "sk-a"),
        ("{\"OPENAI_API_KEY\":\"sk-a\",\"tokens\":null}", "sk-a"),
        (
            """
            {"auth_mode":"apikey","OPENAI_API_KEY":"sk-a","tokens":{"access_token":"a",\
            "refresh_token":"r"}}
            """, "sk-a"
        ),
    ]) func aKeyIsAKey(_ text: String, _ key: String) throws {
        #expect(try Self.read(text).login == .key(key))
    }

    @Test func tokensCountBeforeAKey() throws {
        let document = try Self.read(
            "{\"OPENAI_API_KEY\":\"sk-a\",\"tokens\":{\"access_token\":\"a\",\"refresh_token\":\"r\"}}"
        )
        #expect(document.login == .tokens(CodexTokens(access: "a", refresh: "r")))
        #expect(document.lastRefresh == nil)
    }

    @Test(arguments: [
        ("", AuthFault.json(.cutShort)),
        ("{\"tokens\":{\"access_tok", .json(.cutShort)),
        ("[]", .noLogin), ("{}", .noLogin), ("{\"OPENAI_API_KEY\":\"\"}", .noLogin),
        ("{\"tokens\":\"t\"}", .noLogin),
        ("{\"OPENAI_API_KEY\":\"a\\nb\"}", .badText(member: "OPENAI_API_KEY")),
        ("{\"tokens\":{}}", .badText(member: "tokens.access_token")),
        (
            "{\"tokens\":{\"access_token\":\"a\\r\\nx: y\",\"refresh_token\":\"r\"}}",
            .badText(member: "tokens.access_token")
        ),
        ("{\"tokens\":{\"access_token\":\"a\"}}", .badText(member: "tokens.refresh_token")),
        (
            "{\"tokens\":{\"access_token\":\"a\",\"refresh_token\":\"r\",\"account_id\":\"a b\"}}",
            .badText(member: "tokens.account_id")
        ),
    ]) func whatCannotBeUsedIsNamed(_ text: String, _ fault: AuthFault) {
        #expect(throws: fault) { try Self.read(text) }
    }

    @Test func aFaultNeverShowsWhatStandsInTheFile() {
        for fault in [
            AuthFault.json(.repeatedName("sk-secret")), .noLogin, .otherKind,
            .badText(member: "tokens.access_token"), .file(.missing(path: "p")),
        ] {
            #expect(!fault.text("p").contains("sk-secret"))
            #expect(fault.text("p").hasPrefix("p"))
        }
    }

    @Test func aVeryLongFileIsNotRead() {
        let text = "{\"a\":\"" + String(repeating: "x", count: 70_000) + "\"}"
        #expect(throws: AuthFault.self) { try Self.read(text) }
    }

    @Test func newTokensLeaveEverythingElse() throws {
        let document = try Self.read(Self.whole)
        guard case .tokens(var tokens) = document.login else { return #expect(Bool(false)) }
        tokens.access = "new.acc"
        tokens.refresh = "rt_2"
        let moment = Timestamp("2026-10-01T00:00:00.000Z")!
        let text = String(
            decoding: document.bytes(with: tokens, lastRefresh: moment), as: UTF8.self)
        #expect(
            text == """
                {"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"id_token":"e30.e30.x",\
                "access_token":"new.acc","refresh_token":"rt_2","account_id":"acc-1",\
                "extra":[1,2.50,true]},"last_refresh":"2026-10-01T00:00:00.000Z",\
                "agent_identity":"café"}

                """)
        let again = try Self.read(text)
        #expect(again.login == .tokens(tokens) && again.lastRefresh == moment)
    }

    @Test func theAccountIsNamedByTheFileOrByTheToken() {
        let world = LoginWorld()
        var tokens = CodexTokens(access: "a", refresh: "r", id: "opaque", accountID: nil)
        #expect(tokens.account == nil)
        tokens.id = world.token(seconds: 60, account: "acc-2")
        #expect(tokens.account == "acc-2")
        tokens.id = world.token(seconds: 60, account: "acc 2")
        #expect(tokens.account == nil)
        tokens.accountID = "acc-1"
        #expect(tokens.account == "acc-1")
    }
}
