import Testing

@testable import TinyGateway

@Suite struct ReasoningFilterTests {
    private func filtered(_ body: String) -> String? {
        ReasoningFilter.removingReasoning(Array(body.utf8)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// R stands for a reasoning item, with all that could mislead a reader inside.
    private static let reasoning =
        "{\"id\":\"rs_1\",\"summary\":"
        + "[{\"type\":\"summary_text\",\"text\":\"a ]}, \\\"type\\\":\"}],"
        + "\"type\":\"reasoning\",\"encrypted_content\":\"gAAA\\\\\"}"

    @Test(arguments: [
        ("[R]", "[]"), ("[R,R]", "[]"), ("[R,R,R]", "[]"), ("[ R ]", "[  ]"),
        ("[R,1]", "[1]"), ("[1,R]", "[1]"), ("[1,R,2]", "[1,2]"), ("[R,1,R]", "[1]"),
        ("[1,R,R,2]", "[1,2]"), ("[R,R,1,2]", "[1,2]"), ("[1,2,R,R]", "[1,2]"),
        ("[R,1,R,2,R]", "[1,2]"), ("[1,R,2,R,3]", "[1,2,3]"),
        ("[ 1 , R , 2 ]", "[ 1   , 2 ]"), ("[\n R,\n 1\n]", "[\n \n 1\n]"),
        ("[\t1,\r\n\tR\r\n]", "[\t1\r\n\t\r\n]"), ("[R , R]", "[  ]"),
        ("[{},R,[],\"r\",null,-1.5e3,true]", "[{},[],\"r\",null,-1.5e3,true]"),
        ("[[R],R,{\"input\":[R]}]", "[[R],{\"input\":[R]}]"),
        ("[\"a,\\\"]\",R,\"\\\\\"]", "[\"a,\\\"]\",\"\\\\\"]"),
    ])
    func itemsAreTakenOutWithOneComma(items: String, rest: String) {
        let write = { (text: String) in text.replacing("R", with: Self.reasoning) }
        for (start, end) in [
            ("{\"input\":", "}"), (" {\"model\":\"m\" ,\"input\" : ", ", \"stream\":true }\n"),
            ("{\"a\":{\"input\":[\(Self.reasoning)]},\"b\":\"\\\"input\\\":[\",\"input\":", "}"),
            ("{\"\\u0069nput\":", ",\"tools\":[{\"type\":\"reasoning\"}]}"),
        ] {
            #expect(filtered(start + write(items) + end) == start + write(rest) + end)
            #expect(filtered(start + write(rest) + end) == nil)
        }
    }

    @Test(arguments: [
        ("{\"type\":\"reasoning\"}", true), ("{ \"type\" : \"reasoning\" }", true),
        ("{\"\\u0074ype\":\"reasoning\"}", true), ("{\"type\":\"re\\u0061soning\"}", true),
        (
            "{\"type\":\"\\u0072\\u0065\\u0061\\u0073\\u006F\\u006e\\u0069\\u006e\\u0067\"}",
            true
        ),
        ("{\"type\":\"message\",\"type\":\"reasoning\"}", true),
        ("{\"type\":\"reasoning\",\"type\":\"message\"}", false),
        ("{\"type\":\"reasoning\",\"type\":null}", false),
        ("{\"type\":\"reasoning\",\"t\\u0079pe\":[\"reasoning\"]}", false),
        ("{\"type\":\"reasoning \"}", false), ("{\"type\":\"Reasoning\"}", false),
        ("{\"type\":\"reasoning\\u0000\"}", false), ("{\"type\":\"\\\"reasoning\\\"\"}", false),
        ("{\"types\":\"reasoning\"}", false), ("{\"typ\":\"reasoning\"}", false), ("{}", false),
        ("{\"a\":{\"type\":\"reasoning\"}}", false), ("{\"a\":[\"type\",\"reasoning\"]}", false),
        ("{\"type\":[\"reasoning\"]}", false), ("{\"type\":{\"type\":\"reasoning\"}}", false),
        ("[{\"type\":\"reasoning\"}]", false), ("\"reasoning\"", false),
        ("{\"a\":{},\"b\":[[]],\"c\":\"}\",\"d\":-1,\"type\":\"reasoning\"}", true),
    ])
    func theTypeDecides(item: String, isReasoning: Bool) {
        #expect(filtered("{\"input\":[\(item)]}") == (isReasoning ? "{\"input\":[]}" : nil))
        #expect(filtered("{\"input\":[1,\(item)]}") == (isReasoning ? "{\"input\":[1]}" : nil))
    }

    @Test func eachOfTwoInputsIsRead() {
        let item = Self.reasoning
        #expect(
            filtered("{\"input\":[\(item)],\"x\":1,\"input\":[2,\(item)]}")
                == "{\"input\":[],\"x\":1,\"input\":[2]}")
        #expect(
            filtered("{\"input\":\"\",\"input\":[\(item),3]}") == "{\"input\":\"\",\"input\":[3]}")
    }

    @Test(arguments: [
        "", " ", "null", "[]", "{", "{}", "[R]", "[{\"input\":[R]}]", "R", "{\"input\":\"R\"}",
        "{\"input\":R}", "{\"input\":{\"a\":[R]}}", "{\"inputs\":[R]}", "{\"input\":[R]",
        "{\"input\":[R}", "{\"input\":[R]}}", "{\"input\":[R]} x", "{\"input\":[R R]}",
        "{\"input\":[R,]}", "{\"input\":[,R]}", "{\"input\":[R,,1]}", "{\"input\":[1 2,R]}",
        "{\"input\":[R],}", "{\"input\":[R],\"x\":tru}", "{\"input\":[R],\"x\":01}",
        "{\"input\":[R],\"x\":\"\u{1}\"}", "{\"input\":[R],\"x\":\"\\q\"}", "{\"input\" [R]}",
        "{input:[R]}", "\u{FEFF}{\"input\":[R]}", "{\"input\":[R],\"x\":\"",
        "{\"input\":[R],\"x\":\"\\",
        "{\"input\":[R,}]}", "{\"input\":[{\"type\":\"reasoning\",}]}",
    ])
    func whatIsNoBodyWithReasoningIsLeft(body: String) {
        #expect(filtered(body.replacing("R", with: Self.reasoning)) == nil)
    }

    @Test func aBodyOfManyMegabytes() {
        let text = String(repeating: "{[\\\"\\n]},", count: 200_000)
        let start = "{\"input\":[{\"type\":\"message\",\"content\":\"\(text)\"}"
        let item = "{\"type\":\"reasoning\",\"encrypted_content\":\"\(text)\"}"
        #expect(filtered("\(start),\(item),\(item)]}") == "\(start)]}")
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(
            filtered("{\"a\":\(deep),\"input\":[\(deep),{\"type\":\"reasoning\"}]}")
                == "{\"a\":\(deep),\"input\":[\(deep)]}")
    }

    /// Against the plain way: read it all, leave out, compare what the two mean; and what is left
    /// out are whole elements, commas and nothing else.
    @Test func randomBodiesMeanTheSameAsFilteredTrees() throws {
        var writer = BodyWriter(random: SeededGenerator(seed: 3))
        var removals = 0
        for round in 0..<3_000 {
            let body = writer.body()
            let bytes = Array(body.utf8)
            let before = try JSONReader.read(bytes, bytesMax: bytes.count)
            let expected = Self.withoutReasoning(before)
            guard let rest = ReasoningFilter.removingReasoning(bytes) else {
                if expected != before { Issue.record("round \(round): left \(body)") }
                continue
            }
            removals += 1
            let text = String(decoding: rest, as: UTF8.self)
            let after = try? JSONReader.read(rest, bytesMax: bytes.count)
            if after != expected || expected == before {
                Issue.record("round \(round): \(body)\nbecame \(text)")
            }
            let kept = body.replacing(writer.reasoningPattern, with: "").filter { $0 != "," }
            if text.filter({ $0 != "," }) != kept {
                Issue.record("round \(round): bytes of \(body)")
            }
        }
        #expect(removals > 1_000)
    }

    @Test func mutatedBodiesDoNoHarm() {
        var random = SeededGenerator(seed: 5)
        var writer = BodyWriter(random: SeededGenerator(seed: 9))
        let alphabet = Array("{}[]\",:\\ \n1".utf8)
        for _ in 0..<5_000 {
            var bytes = Array(writer.body().utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes[at] = alphabet.randomElement(using: &random)!
            }
            guard let rest = ReasoningFilter.removingReasoning(bytes) else { continue }
            // What is changed was a document, stays one, and has no more to remove.
            var meter = RequestMeter()
            meter.feed(rest.span, in: 0..<rest.count)
            if !meter.facts.isComplete || ReasoningFilter.removingReasoning(rest) != nil {
                Issue.record("\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    private static func withoutReasoning(_ body: JSONValue) -> JSONValue {
        guard case .object(var members) = body else { return body }
        for index in members.indices where members[index].name == "input" {
            guard case .array(let items) = members[index].value else { continue }
            members[index].value = .array(items.filter { $0["type"]?.string != "reasoning" })
        }
        return .object(members)
    }
}
