import Testing

@testable import TinyGateway

@Suite("HTTP: targets, paths, queries, URLs") struct HTTPTargetTests {
    static let paths: [(path: String, isPlain: Bool)] = [
        ("/", true), ("/v1/responses", true), ("/u/tg_aB-1/v1/models", true), ("/a//b", true),
        ("/a.b/..c/d../...", true), ("/a%20b", true), ("/%41", true), ("/a;b", true),
        ("/.well-known/x", true), ("", false), ("a", false), ("*", false),
        ("/.", false), ("/..", false), ("/a/../b", false), ("/a/./b", false), ("/a/..", false),
        ("/%2e", false), ("/%2E%2e/x", false), ("/.%2e/x", false), ("/..;/x", false),
        ("/.;a=b", false), ("/..%3b/x", false), ("/a%2fb", false), ("/a%2Fb", false),
        ("/a%5cb", false), ("/a\\b", false), ("/%00", false), ("/%0d%0a", false), ("/%7f", false),
        ("/%", false), ("/%2", false), ("/%zz", false), ("/a%2", false),
    ]

    @Test(arguments: paths) func pathsThatCouldBeReadDifferentlyAreNotPlain(
        _ path: String, _ isPlain: Bool
    ) {
        #expect(PathRules.isPlain(path) == isPlain)
    }

    @Test func queriesAreDecoded() {
        let query = Query("client_version=0.163.0&a&b=&c=x%20y+z&d=%&%65=f=g&&a=2")
        #expect(query.has("client_version"))
        #expect(query.value("client_version") == "0.163.0")
        #expect(query.value("a")?.isEmpty == true)
        #expect(query.value("b")?.isEmpty == true)
        #expect(query.value("c") == "x y z")
        #expect(query.value("d") == "%")
        #expect(query.value("e") == "f=g")
        #expect(!query.has("f"))
        #expect(!Query(nil).has(""))
        #expect(!Query("").has("a"))
    }

    static let urls: [(text: String, parts: String)] = [
        ("https://api.openai.com/v1", "https api.openai.com 443 /v1 api.openai.com"),
        ("http://127.0.0.1:8080", "http 127.0.0.1 8080  127.0.0.1:8080"),
        ("HTTP://Example.COM:80/", "http example.com 80  example.com"),
        ("https://[::1]:8443/a/b//", "https ::1 8443 /a/b [::1]:8443"),
        ("http://[FE80::1]/x", "http fe80::1 80 /x [fe80::1]"),
        ("https://h:80", "https h 80  h:80"),
    ]

    @Test(arguments: urls) func urlsAreTakenApart(_ text: String, _ parts: String) throws {
        let url = try #require(URL(text))
        #expect("\(url.scheme) \(url.host) \(url.port) \(url.path) \(url.authority)" == parts)
        #expect(URL(url.text) == url)
    }

    @Test(arguments: [
        "", "api.openai.com", "ftp://a", "http:/a", "http://", "http:///a", "http://a:0",
        "http://a:65536", "http://a:", "http://a:x", "http://u:p@a", "http://a?q", "http://a/?q",
        "http://a/#f", "http://a b", "http://[::1", "http://[]", "http://a/../b", "http://a/b c",
        "http://é", "http://a:80:80", " http://a",
    ]) func otherURLsAreRefused(_ text: String) {
        #expect(URL(text) == nil)
    }

    @Test func targetsInOriginFormAreMadeFromText() {
        #expect(RequestTarget("/a?b?c")?.text == "/a?b?c")
        #expect(RequestTarget("/a?b?c")?.query == "b?c")
        #expect(RequestTarget("/?")?.query?.isEmpty == true)
        #expect(RequestTarget("") == nil)
        #expect(RequestTarget("/ ") == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("42", 42), ("007", 7), ("9223372036854775807", Int.max),
            ("9223372036854775808", nil), ("99999999999999999999", nil), ("", nil), ("-1", nil),
            ("+1", nil), ("1 ", nil), ("0x1", nil), ("1_0", nil), ("00000000000000000001", nil),
        ] as [(String, Int?)]) func decimalsNeverWrap(_ text: String, _ value: Int?)
    {
        #expect(Syntax.decimal(latin(text).span) == value)
    }
}
