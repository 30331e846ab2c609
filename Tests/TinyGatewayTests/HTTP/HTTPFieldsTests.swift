import Testing

@testable import TinyGateway

@Suite("HTTP: fields") struct HTTPFieldsTests {
    static func fields(_ pairs: [(String, String)]) -> Fields {
        var fields = Fields()
        for (name, value) in pairs { fields.append(name, value) }
        return fields
    }

    static func find(_ name: String) -> FieldName {
        FieldNameTable.shared.find(latin(name).span)
    }

    @Test func everyKnownNameIsFoundInAnyCase() {
        for name in FieldName.allCases where name != .other {
            #expect(Self.find(name.text) == name)
            #expect(Self.find(name.text.uppercased()) == name)
            #expect(Self.find(name.text + "x") == .other)
            #expect(Self.find(String(name.text.dropLast())) == .other)
            #expect(name.text == name.text.lowercased())
        }
        #expect(Set(FieldName.allCases.map(\.text)).count == FieldName.allCases.count)
        #expect(Self.find("") == .other)
        #expect(Self.find(String(repeating: "a", count: 99)) == .other)
    }

    @Test func orderAndRepeatedFieldsAreKept() {
        let fields = Self.fields([("B", "1"), ("Set-Cookie", "2"), ("b", "3"), ("set-cookie", "4")])
        #expect(
            fields.indices.map { fields.nameText(at: $0) } == [
                "B", "Set-Cookie", "b", "set-cookie",
            ])
        #expect(fields.indices.map { fields.value(at: $0) } == ["1", "2", "3", "4"])
        #expect(fields.count == 4)
        #expect(fields.count(of: .setCookie) == 2)
        #expect(fields.count(of: .cookie) == 0)
        #expect(fields.first(.setCookie) == "2")
        #expect(fields.first(.cookie) == nil)
        #expect(fields.first(named: "b") == "1")
        #expect(fields.first(named: "c") == nil)
        let lent = (fields.withName(at: 3) { $0.count }, fields.withValue(at: 3) { $0.count })
        #expect(lent == (10, 1))
    }

    static let lists: [(values: [String], token: String, isThere: Bool)] = [
        (["close"], "close", true),
        (["Close"], "close", true),
        (["a,\tCLOSE ,b"], "close", true),
        (["a", "close"], "close", true),
        ([",,close"], "close", true),
        (["closed, xclose"], "close", false),
        (["clo se"], "close", false),
        ([""], "close", false),
        ([","], "", false),
        ([], "close", false),
    ]

    @Test(arguments: lists.indices) func listsAreSearchedForTokens(_ index: Int) {
        let (values, token, isThere) = Self.lists[index]
        let fields = Self.fields(values.map { ("Connection", $0) })
        #expect(fields.contains(token: token, in: .connection) == isThere, "\(values)")
    }

    @Test func hopByHopFieldsAreThoseOfTheRFCAndThoseThatConnectionNames() {
        let fields = Self.fields([
            ("Connection", "close, X-Mine"), ("Keep-Alive", "1"), ("TE", "x"), ("Trailer", "x"),
            ("Transfer-Encoding", "chunked"), ("Upgrade", "x"), ("Proxy-Authorization", "x"),
            ("Proxy-Authenticate", "x"), ("Proxy-Connection", "x"), ("x-mine", "x"),
            ("x-mine-too", "x"), ("Authorization", "x"),
        ])
        let forwarded = fields.indices.filter { !fields.isHopByHop(at: $0) }
        #expect(forwarded.map { fields.nameText(at: $0) } == ["x-mine-too", "Authorization"])
    }

    @Test func familiesAreFoundByTheirPrefix() {
        let fields = Self.fields([("X-RateLimit-Reset", "1"), ("x-ratelimit", "1")])
        #expect(fields.nameHasPrefix("x-ratelimit-", at: 0))
        #expect(!fields.nameHasPrefix("x-ratelimit-", at: 1))
    }

    @Test func valuesAreComparedWithoutCase() {
        let fields = Self.fields([("Content-Encoding", "GZip")])
        #expect(fields.valueEquals(.contentEncoding, ignoringCase: "gzip"))
        #expect(!fields.valueEquals(.contentEncoding, ignoringCase: "gzi"))
        #expect(!fields.valueEquals(.contentType, ignoringCase: "gzip"))
    }

    @Test func setsOfNamesAreSets() {
        let set = FieldNameSet(.cookie, .xShouldRetry)
        #expect(FieldName.allCases.filter { set.contains($0) } == [.cookie, .xShouldRetry])
        #expect(set.union(FieldNameSet(.host)).contains(.host))
        #expect(!FieldNameSet().contains(.other))
    }

    @Test func tokensAreThoseOfTheRFC() {
        let tokens = Set(
            latin("!#$%&'*+-.^_`|~0123456789")
                + latin("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        for byte in UInt8.min...UInt8.max {
            #expect(Syntax.isToken(byte) == tokens.contains(byte), "\(byte)")
        }
    }
}
