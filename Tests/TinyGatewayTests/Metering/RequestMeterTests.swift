import Billing
import Testing

@testable import TinyGateway

@Suite struct RequestMeterTests {
    static func facts(
        _ body: [UInt8], cuts: [Int] = [], isForImages: Bool = false
    ) -> RequestFacts {
        var meter = RequestMeter(isForImages: isForImages)
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

    @Test(arguments: [
        ("{\"type\":\"item_reference\",\"id\":\"msg_1\"}", true),
        ("{\"id\":\"msg_1\",\"t\\u0079pe\":\"item_r\\u0065ference\"}", true),
        ("{\"type\":\"message\",\"type\":\"item_reference\"}", true),
        ("{\"type\":\"item_reference\",\"type\":\"message\"}", true),
        // The type may be left out, and `null` is as good as none.
        ("{\"id\":\"msg_1\"}", true), ("{\"id\":\"msg_1\",\"type\":null}", true),
        ("{\"type\":\"message\",\"id\":\"msg_1\",\"type\":null}", true),
        ("{\"id\":\"msg_1\",\"role\":\"user\"}", true), ("{\"id\":[\"msg_1\"]}", true),
        ("{\"id\":\"msg_1\",\"content\":null}", true), ("{\"id\":\"msg_1\",\"content\":5}", true),
        ("{\"id\":\"msg_1\",\"content\":\"x\",\"content\":null}", true),
        ("{\"id\":\"msg_1\",\"role\":\"user\",\"content\":\"hi\"}", false),
        ("{\"id\":\"msg_1\",\"content\":\"\\n\(String(repeating: "x", count: 400))\"}", false),
        ("{\"content\":[{\"text\":\"hi\"}],\"id\":\"msg_1\"}", false),
        ("{\"type\":\"message\",\"id\":\"msg_1\"}", false),
        ("{\"role\":\"user\",\"content\":\"item_reference\"}", false), ("{}", false),
        ("\"item_reference\"", false), ("{\"background\":true}", false),
        ("{\"type\":\"message\",\"content\":[{\"type\":\"item_reference\"}]}", false),
        ("{\"type\":\"a\",\"content\":\"x\"},{\"id\":\"msg_1\"}", true),
        ("{\"id\":\"msg_1\"},{\"type\":\"a\",\"content\":\"x\"}", true),
    ])
    func referencesToStoredItemsAreRefused(item: String, isRefused: Bool) {
        let body = "{\"input\":[\(item)]}"
        check(body, isRefused ? .itemReference : nil)
        check("{\"metadata\":[\(item)],\"tools\":[]}", nil)
    }

    @Test(arguments: [
        ("[{\"type\":\"input_file\",\"file_id\":\"file-1\"}]", true),
        ("[{\"file_id\":\"file-1\",\"type\":\"input_image\"}]", true),
        ("[{\"type\":\"input_text\",\"text\":\"a\"},{\"f\\u0069le_id\":\"file-1\"}]", true),
        ("[{\"file_id\":\"\(String(repeating: "f", count: 400))\"}]", true),
        ("[{\"file_id\":{}}]", true), ("[{\"file_id\":5}]", true), ("[{\"file_id\":\"\"}]", true),
        ("[{\"file_id\":\"file-1\",\"file_id\":null}]", true),
        ("{\"type\":\"computer_screenshot\",\"file_id\":\"file-1\"}", true),
        ("[{\"type\":\"input_image\",\"file_id\":null,\"image_url\":\"data:\"}]", false),
        ("[{\"type\":\"input_file\",\"file_data\":\"data:\",\"filename\":\"file_id\"}]", false),
        ("\"file_id\"", false), ("\"\\\"file_id\\\":5\"", false), ("[\"file_id\"]", false),
        ("[{\"annotations\":[{\"type\":\"file_citation\",\"file_id\":\"f\"}]}]", false),
        ("null", false), ("[[{\"file_id\":\"f\"}]]", false), ("[]", false),
    ])
    func storedFilesAreRefused(parts: String, isRefused: Bool) {
        let refusal = isRefused ? RequestRefusal.storedFile : nil
        for member in ["content", "output", "out\\u0070ut"] {
            let item = "{\"type\":\"message\",\"\(member)\":\(parts)}"
            check("{\"input\":[{\"type\":\"a\",\"content\":\"b\"},\(item)]}", refusal)
            check("{\"metadata\":[\(item)]}", nil)
        }
        check("{\"input\":[{\"type\":\"message\",\"other\":\(parts)}]}", nil)
        check("{\"images\":\(parts),\"mask\":null}", refusal)
        check("{\"mask\":\(parts)}", refusal)
    }

    @Test func theMaskOfAToolMayBeAStoredFile() {
        let tool = "\"type\":\"image_generation\",\"input_image_mask\""
        check("{\"tools\":[{\(tool):{\"file_id\":\"file-1\"}}]}", .storedFile)
        check("{\"tools\":[{\(tool):{\"image_url\":\"data:\"}}]}", nil)
    }

    @Test func refusalsKeepTheirOrder() {
        let reference = "{\"type\":\"item_reference\"}"
        let file = "{\"content\":[{\"file_id\":\"f\"}]}"
        let tools = "\"tools\":[{\"type\":\"mcp\"}]"
        check("{\(tools),\"input\":[\(file)]}", .storedFile)
        check("{\(tools),\"input\":[\(file),\(reference)]}", .itemReference)
        check("{\"input\":[\(reference)],\"prompt\":{}}", .storedPrompt)
    }

    @Test(
        arguments: [
            ("\"n\":3,\"quality\":\"high\",\"size\":\"1024x1536\"", 3, "high", "1024x1536"),
            ("\"n\":1", 1, nil, nil), ("\"n\":0", nil, nil, nil), ("\"n\":-1", nil, nil, nil),
            ("\"n\":1.5", nil, nil, nil), ("\"n\":\"2\"", nil, nil, nil),
            ("\"n\":null", nil, nil, nil),
            ("\"n\":2,\"n\":[]", nil, nil, nil), ("\"n\":2,\"n\":5", 5, nil, nil),
            ("\"quality\":\"auto\",\"size\":\"a\\u0075to\"", nil, "auto", "auto"),
            ("\"quality\":null,\"size\":5", nil, nil, nil), ("\"quality\":\"\"", nil, nil, nil),
            ("\"quality\":\"low\",\"quality\":{}", nil, nil, nil),
            (
                "\"size\":\"\(String(repeating: "9", count: 64))\"", nil, nil,
                String(repeating: "9", count: 64)
            ),
            ("\"size\":\"\(String(repeating: "9", count: 65))\"", nil, nil, nil),
            ("\"size\":\"\(String(repeating: "9", count: 400))\"", nil, nil, nil),
            ("\"size\":\"a\\nb\"", nil, nil, nil),
            ("\"input\":[{\"n\":5,\"quality\":\"low\",\"size\":\"1x1\"}]", nil, nil, nil),
            ("\"prompt\":\"a cat\",\"n\":2", 2, nil, nil),
            ("\"background\":\"opaque\",\"n\":2", 2, nil, nil),
        ] as [(String, Int64?, String?, String?)])
    func aRequestForImagesSaysWhatItWants(
        members: String, count: Int64?, quality: String?, size: String?
    ) {
        let body = Array("{\"model\":\"gpt-image-2\",\(members)}".utf8)
        var expected = RequestFacts()
        expected.bodyBytes = body.count
        expected.model = "gpt-image-2"
        expected.imageCount = count
        expected.quality = quality
        expected.size = size
        expected.isComplete = true
        for cut in 0...body.count {
            #expect(Self.facts(body, cuts: [cut], isForImages: true) == expected)
        }
        if members.contains("prompt") { expected.refusal = .storedPrompt }
        if members.contains("background") { expected.refusal = .background }
        #expect(Self.facts(body) == expected)
        let image = ImageUse(
            model: "gpt-image-2", quality: quality ?? "", size: size ?? "", count: count ?? 1)
        #expect(expected.image == image)
    }

    @Test func anAnswersImageIsCompletedFromTheRequest() {
        let asked = facts(
            "{\"model\":\"gpt-image-1\",\"quality\":\"low\",\"size\":\"1024x1024\",\"n\":4}")
        let silent = ImageUse(model: "", quality: "", size: "", count: 2)
        #expect(
            asked.completing(silent)
                == ImageUse(model: "gpt-image-1", quality: "low", size: "1024x1024", count: 2))
        let stated = ImageUse(model: "gpt-image-2", quality: "high", size: "1x1", count: 1)
        #expect(asked.completing(stated) == stated)
        #expect(facts("{}").completing(silent) == silent)
        // What the books could not write down names nothing.
        let long = facts("{\"model\":\"\(String(repeating: "m", count: 200))\"}")
        #expect(long.model != nil && long.completing(silent) == silent)
    }

    /// The refusal, whole and at every split.
    private func check(_ body: String, _ refusal: RequestRefusal?) {
        let bytes = Array(body.utf8)
        let whole = Self.facts(bytes)
        #expect(whole.refusal == refusal && whole.isComplete, "\(body)")
        for cut in 0...bytes.count where Self.facts(bytes, cuts: [cut]) != whole {
            Issue.record("cut at \(cut): \(body)")
        }
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
            .itemReference, .storedFile, .hostedTool("mcp"),
        ]
        for refusal in all { #expect(refusal.sentence.hasSuffix(".")) }
    }
}
