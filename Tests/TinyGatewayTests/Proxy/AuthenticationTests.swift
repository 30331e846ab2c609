import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: who is let in") struct AuthenticationTests {
    static let pay = AccessToken.fresh { [UInt8](repeating: 1, count: $0) }.text
    static let link = AccessToken.fresh { [UInt8](repeating: 2, count: $0) }.text
    static let strange = AccessToken.fresh { [UInt8](repeating: 3, count: $0) }.text

    static func directory() throws -> Directory {
        var content = DirectoryContent()
        for (number, token, service) in [(1, pay, Service.pay), (2, link, .link)] {
            try content.set(
                AccessRecord(
                    balance: BalanceID("b_\(number)")!, account: AccountID("a_1")!,
                    service: service, provider: "tinygateway-codex-\(number)",
                    digest: AccessToken(token)!.digest, sealed: nil,
                    issued: Timestamp(millisecondsSince1970: 0)))
        }
        return Directory(content) { _, done in done(nil) }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var path = "/v1/responses"
        var fields: [String] = []
        /// The balance let in, or the refusal.
        let outcome: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "the field", fields: ["x-tinygateway-token: \(pay)"], outcome: "b_1"),
        Case(name: "the dedicated URL", path: "/u/\(pay)/v1/responses", outcome: "b_1"),
        Case(name: "bearer", fields: ["Authorization: Bearer \(pay)"], outcome: "b_1"),
        Case(
            name: "bearer in lower case", fields: ["authorization: bearer  \(pay)"], outcome: "b_1"),
        Case(
            name: "all three the same", path: "/u/\(pay)/v1/responses",
            fields: ["Authorization: Bearer \(pay)", "x-tinygateway-token: \(pay)"], outcome: "b_1"),
        Case(
            name: "a login of the client beside the token",
            fields: ["Authorization: Bearer sk-123", "x-tinygateway-token: \(pay)"], outcome: "b_1"),
        Case(name: "no token", outcome: "missing"),
        Case(
            name: "another's key alone", fields: ["Authorization: Bearer sk-1"], outcome: "missing"),
        Case(name: "another scheme", fields: ["Authorization: Basic \(pay)"], outcome: "missing"),
        Case(
            name: "two in the field",
            fields: ["x-tinygateway-token: \(pay)"]
                + ["x-tinygateway-token: \(link)"], outcome: "twoTokens"),
        Case(
            name: "URL and field differ", path: "/u/\(link)/v1/responses",
            fields: ["x-tinygateway-token: \(pay)"], outcome: "twoTokens"),
        Case(
            name: "field and bearer differ",
            fields: ["Authorization: Bearer \(link)", "x-tinygateway-token: \(pay)"],
            outcome: "twoTokens"),
        Case(
            name: "a token that nobody has", fields: ["x-tinygateway-token: \(strange)"],
            outcome: "unknown"),
        Case(name: "no token at all", fields: ["x-tinygateway-token: hello"], outcome: "unknown"),
        Case(name: "an empty dedicated URL", path: "/u//v1/responses", outcome: "unknown"),
        Case(name: "Link by its field", fields: ["x-tinygateway-token: \(link)"], outcome: "b_2"),
        Case(
            name: "Link as bearer: that field is the login",
            fields: ["Authorization: Bearer \(link)"], outcome: "unknown"),
    ]

    @Test(arguments: cases) func tokensOpenWhatTheyShould(_ one: Case) throws {
        let head = try Heads.request(
            "POST \(one.path) HTTP/1.1", ["Host: gateway.test"] + one.fields)
        let path = ClientPath(head.target.path)
        let outcome: String
        switch Authentication.access(head, path, in: try Self.directory()) {
        case .success(let access): outcome = access.balance.text
        case .failure(let refusal): outcome = "\(refusal)"
        }
        #expect(outcome == one.outcome)
    }

    @Test func aRefusalDisturbsNoLogin() {
        let refusals: [Authentication.Refusal] = [.missing, .unknown, .twoTokens]
        #expect(refusals.map { $0.error(hasLogin: false).status } == [401, 401, 400])
        #expect(refusals.map { $0.error(hasLogin: true).status } == [400, 400, 400])
        #expect(
            refusals.map { $0.error(hasLogin: true).code }
                == ["invalid_prompt", "invalid_prompt", "two_tokens"])
    }
}
