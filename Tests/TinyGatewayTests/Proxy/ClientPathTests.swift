import Testing

@testable import TinyGateway

@Suite("Proxy: paths") struct ClientPathTests {
    struct Case: Sendable {
        let path: String
        let token: String?
        let api: String?
    }

    static let cases = [
        Case(path: "/v1/responses", token: nil, api: "/responses"),
        Case(path: "/v1/models/gpt-5.5", token: nil, api: "/models/gpt-5.5"),
        Case(path: "/u/tg_abc/v1/responses", token: "tg_abc", api: "/responses"),
        Case(path: "/u/tg_abc/v1/", token: "tg_abc", api: "/"),
        Case(path: "/u/tg_abc/v1", token: "tg_abc", api: nil),
        Case(path: "/u/tg_abc", token: "tg_abc", api: nil),
        Case(path: "/u//v1/responses", token: "", api: "/responses"),
        Case(path: "/u/", token: "", api: nil),
        Case(path: "/u/a/u/b/v1/responses", token: "a", api: nil),
        Case(path: "/", token: nil, api: nil),
        Case(path: "/v1", token: nil, api: nil),
        Case(path: "/v1x/responses", token: nil, api: nil),
        Case(path: "/v2/responses", token: nil, api: nil),
        Case(path: "/healthz", token: nil, api: nil),
        Case(path: "", token: nil, api: nil),
    ]

    @Test(arguments: cases) func pathsAreTakenApart(_ one: Case) {
        let path = ClientPath(one.path)
        #expect(path.token == one.token, "\(one.path)")
        #expect(path.api == one.api, "\(one.path)")
        #expect(ClientPath.tail(one.path) == one.api ?? "/", "\(one.path)")
    }
}
