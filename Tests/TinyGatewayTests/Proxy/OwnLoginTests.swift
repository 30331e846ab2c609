import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: the user's own login") struct OwnLoginTests {
    static func login(_ fields: [String], _ balance: String = "b_1", seed: String = "s") throws
        -> OwnLogin
    {
        let head = try Heads.request("POST /v1/responses HTTP/1.1", ["Host: x"] + fields)
        return OwnLogin(head, balance: BalanceID(balance)!, seed: seed)
    }

    static let account = "chatgpt-account-id: acct-1"

    static func turn(_ id: String) -> String {
        "x-codex-turn-metadata: {\"session_id\":\"s\",\"turn_id\":\"\(id)\",\"model\":\"gpt-5.5\"}"
    }

    @Test func aTurnIsKnownByItsID() throws {
        let one = try Self.login([Self.account, Self.turn("t1")])
        let again = try Self.login([Self.turn("t1"), Self.account])
        let other = try Self.login([Self.account, Self.turn("t2")])
        #expect(one.isTurnNamed)
        #expect(one.turn == again.turn)
        #expect(one.turn != other.turn)
        #expect(one.quota == other.quota)
        #expect(one.turn != one.quota)
    }

    @Test(arguments: [
        [], ["x-codex-turn-metadata: {}"], ["x-codex-turn-metadata: {\"turn_id\":\"\"}"],
        ["x-codex-turn-metadata: {\"turn_id\":7}"], ["x-codex-turn-metadata: no json"],
    ]) func aTurnWithoutANameIsTheQuota(_ fields: [String]) throws {
        let login = try Self.login([Self.account] + fields)
        #expect(!login.isTurnNamed)
        #expect(login.turn == login.quota)
    }

    @Test func balanceAndAccountMakeTheQuota() throws {
        let one = try Self.login([Self.account])
        #expect(try Self.login(["chatgpt-account-id: acct-2"]).quota != one.quota)
        #expect(try Self.login([Self.account], "b_2").quota != one.quota)
        #expect(try Self.login([]).quota != one.quota)
        #expect(try Self.login([Self.account], seed: "other").quota != one.quota)
    }
}
