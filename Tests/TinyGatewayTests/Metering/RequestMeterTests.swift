import Testing

@testable import TinyGateway

@Suite struct RequestMeterTests {
    static func facts(_ body: [UInt8], cuts: [Int] = []) -> RequestFacts {
        var meter = RequestMeter()
        let bounds = [0] + cuts + [body.count]
        for (from, to) in zip(bounds, bounds.dropFirst()) { meter.feed(body.span, in: from..<to) }
        return meter.facts
    }

    private func facts(_ text: String) -> RequestFacts { Self.facts(Array(text.utf8)) }

    @Test func aTurnOfCodexAtEverySplit() {
        let body = MeterRun.fixture("request.json")
        var expected = RequestFacts()
        expected.bodyBytes = body.count
        expected.model = "gpt-5.5"
        expected.isStream = true
        expected.serviceTier = "priority"
        expected.maxOutputTokens = 4096
        expected.promptCacheKey = "01a20070"
        expected.isComplete = true
        #expect(Self.facts(body) == expected)
        for cut in 0...body.count where Self.facts(body, cuts: [cut]) != expected {
            Issue.record("cut at \(cut)")
        }
        #expect(Self.facts(body, cuts: Array(0..<body.count)) == expected)
        #expect(!Self.facts(Array(body.dropLast())).isComplete)
    }

    @Test(arguments: [
        ("\"background\":true", RequestRefusal.background), ("\"background\":1", .background),
        ("\"background\":\"yes\"", .background), ("\"background\":false", nil),
        ("\"background\":null", nil), ("\"background\":true,\"background\":false", .background),
        ("\"b\\u0061ckground\":true", .background),
        ("\"conversation\":\"conv_1\"", .conversation), ("\"conversation\":{}", .conversation),
        ("\"conversation\":null", nil), ("\"previous_response_id\":\"resp_1\"", .previousResponse),
        ("\"previous_response_id\":\"\(String(repeating: "r", count: 400))\"", .previousResponse),
        ("\"previous_response_id\":null", nil), ("\"prompt\":{\"id\":\"pmpt_1\"}", .storedPrompt),
        ("\"conversation\":\"c\",\"background\":true", .background),
        ("\"metadata\":{\"background\":true,\"conversation\":\"c\"}", nil),
        ("\"input\":[{\"background\":true}]", nil),
    ])
    func storedStateIsRefused(members: String, refusal: RequestRefusal?) {
        let body = facts("{\"model\":\"m\",\(members)}")
        #expect(body.refusal == refusal && body.isComplete)
    }

    @Test(arguments: [
        ("{\"type\":\"function\"}", nil), ("{\"type\":\"custom\"}", nil),
        ("{\"type\":\"web_search\"}", nil), ("{\"type\":\"web_search_2025_08_26\"}", nil),
        ("{\"type\":\"web_search_preview\"}", nil),
        ("{\"type\":\"web_search_preview_2025_03_11\"}", nil),
        ("{\"type\":\"image_generation\"}", nil), ("{\"type\":\"local_shell\"}", nil),
        ("{\"type\":\"apply_patch\"}", nil), ("{\"type\":\"computer_use_preview\"}", nil),
        ("{\"type\":\"web_search_pro\"}", "web_search_pro"),
        ("{\"type\":\"web_search_2025_08_2x\"}", "web_search_2025_08_2x"),
        ("{\"type\":\"code_interpreter\"}", "code_interpreter"),
        ("{\"type\":\"file_search\"}", "file_search"), ("{\"type\":\"mcp\"}", "mcp"),
        ("{\"type\":\"m\\u0063p\"}", "mcp"), ("{\"t\\u0079pe\":\"mcp\"}", "mcp"),
        ("{\"type\":\"function\",\"type\":\"mcp\"}", "mcp"),
        ("{\"type\":\"mcp\",\"type\":\"function\"}", "mcp"),
        ("{\"name\":\"x\",\"type\":\"new_thing\"}", "new_thing"),
        ("{\"type\":5}", ""), ("{\"type\":null}", ""), ("{\"type\":[\"mcp\"]}", ""),
        ("\"mcp\"", ""),
        ("{\"type\":\"\(String(repeating: "x", count: 300))\"}", ""),
        ("{\"type\":\"function\",\"parameters\":{\"type\":\"mcp\"}}", nil),
        ("{\"type\":\"tool_search\",\"execution\":\"client\"}", nil),
        ("{\"execution\":\"client\",\"type\":\"tool_search\"}", nil),
        ("{\"type\":\"tool_search\"}", "tool_search"),
        ("{\"type\":\"tool_search\",\"execution\":\"server\"}", "tool_search"),
        ("{\"type\":\"tool_search\",\"execution\":\"client\",\"execution\":5}", "tool_search"),
        ("{\"type\":\"shell\",\"environment\":{\"type\":\"local\"}}", nil),
        ("{\"type\":\"shell\"}", "shell"),
        ("{\"type\":\"shell\",\"environment\":{\"type\":\"container_auto\"}}", "shell"),
        ("{\"type\":\"namespace\",\"tools\":[{\"type\":\"function\"}]}", nil),
        ("{\"type\":\"namespace\",\"tools\":[{\"type\":\"mcp\"}]}", "mcp"),
        ("{\"tools\":[{\"type\":\"shell\"}],\"type\":\"namespace\"}", "shell"),
        ("{\"type\":\"function\"},{\"type\":\"mcp\"}", "mcp"),
    ])
    func hostedToolsWithoutAPriceAreRefused(tool: String, name: String?) {
        let refusal = name.map { RequestRefusal.hostedTool($0) }
        #expect(facts("{\"tools\":[\(tool)]}").refusal == refusal)
        let added = "{\"input\":[{\"tools\":[\(tool)],\"type\":\"additional_tools\"}]}"
        #expect(facts(added).refusal == refusal)
        #expect(facts("{\"metadata\":{\"tools\":[\(tool)]}}").refusal == nil)
    }

    @Test func namespacesWithoutEndAreRefused() {
        let open = String(repeating: "{\"tools\":[", count: 20)
        let body = "{\"tools\":[\(open){\"type\":\"mcp\"}\(String(repeating: "]}", count: 20))]}"
        #expect(facts(body).refusal == .hostedTool("namespace") && facts(body).isComplete)
    }

    @Test(arguments: [
        "", "[]", "{", "{}x", "{}{}", "null", "\"x\"", "{\"a\":}", "{\"model\":\"x\",}", "{]",
        "model=x",
    ])
    func whatIsNotOneObjectIsNotComplete(body: String) {
        #expect(!facts(body).isComplete)
    }

    @Test func theLastModelCounts() {
        #expect(facts("{\"model\":\"a\",\"model\":\"b\"}").model == "b")
        #expect(facts("{\"model\":\"a\",\"model\":5}").model == nil)
        #expect(facts("{\"input\":[{\"model\":\"a\"}]}").model == nil)
        #expect(facts("{\"stream\":true,\"stream\":false}").isStream == false)
        #expect(facts("{\"max_output_tokens\":1.5}").maxOutputTokens == nil)
        #expect(facts("{} \r\n\t").isComplete)
    }

    @Test func everyRefusalHasASentence() {
        let all: [RequestRefusal] = [
            .malformed, .background, .conversation, .previousResponse, .storedPrompt,
            .hostedTool("mcp"),
        ]
        for refusal in all { #expect(refusal.sentence.hasSuffix(".")) }
    }
}
