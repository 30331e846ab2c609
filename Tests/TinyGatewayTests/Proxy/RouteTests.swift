import Testing

@testable import TinyGateway

@Suite("Proxy: what a request asks for") struct RouteTests {
    @Test(
        arguments: [
            (.post, "/responses", .responses), (.get, "/responses", .other),
            (.post, "/responses/", .other), (.post, "/responses/compact", .other),
            (.post, "/images/generations", .images), (.post, "/images/edits", .images),
            (.post, "/images/variations", .other), (.post, "/alpha/search", .search),
            (.get, "/models", .other), (.other("post"), "/responses", .other),
        ] as [(Method, String, Route)]) func methodAndPathDecide(
            _ method: Method, _ path: String, _ route: Route
        )
    {
        #expect(Route(method, path) == route)
        #expect(route.isBillable == (route != .other))
    }
}
