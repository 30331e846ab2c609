import Billing
import Testing

@testable import TinyGateway

@Suite struct UsageMeterTests {
    static let golden = TokenCounts(
        input: 20_000, cached: 10_000, cacheWrite: 7, output: 500, reasoning: 64)

    static func expected(_ fixture: String) -> MeteredResponse {
        var response = MeteredResponse(
            responseID: "resp_0a1", model: "gpt-5.4-mini-2026-03-17", serviceTier: "default",
            end: .completed, hasUsage: true, tokens: golden)
        switch fixture {
        case "tools.sse":
            response.serviceTier = "priority"
            response.tokens = TokenCounts(input: 20_000, output: 500)
            response.searches = 2
            response.images = [
                ImageUse(model: "gpt-image-2", quality: "high", size: "1024x1536", count: 1),
                ImageUse(model: "", quality: "", size: "", count: 2),
            ]
        case "failed.sse":
            response = MeteredResponse(
                responseID: "resp_0a1", model: "gpt-5.4-mini-2026-03-17", serviceTier: "auto",
                end: .failed, errorCode: "insufficient_quota")
        case "incomplete.sse":
            response.serviceTier = "auto"
            response.end = .incomplete
            response.incompleteReason = "max_output_tokens"
        case "response.json":
            response.searches = 1
            response.images = [
                ImageUse(model: "gpt-image-2", quality: "high", size: "1024x1536", count: 1),
                ImageUse(model: "", quality: "", size: "", count: 1),
            ]
        default: break
        }
        return response
    }

    static let streams = [
        "turn.sse", "turn-unnamed.sse", "tools.sse", "failed.sse", "incomplete.sse",
    ]

    /// The last brace of the line with the terminal event.
    private func end(of stream: [UInt8]) -> Int {
        let text = String(decoding: stream, as: UTF8.self).utf8
        let marks = ["completed", "failed", "incomplete"].map { "{\"type\":\"response.\($0)\"" }
        var offset = 0
        for line in text.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        {
            let isEnd = marks.contains { String(line)!.hasPrefix("data: " + $0) }
            if isEnd { return offset + line.count - 1 }
            offset += line.count + 1
        }
        return -1
    }

    @Test(arguments: streams, ["\n", "\r\n", "\r"])
    func everyStreamAtEverySplit(name: String, lineEnd: String) {
        let text = String(decoding: MeterRun.fixture(name), as: UTF8.self)
        let stream = Array(
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: lineEnd).utf8)
        let whole = MeterRun(stream, .eventStream)
        #expect(whole.response == Self.expected(name))
        #expect(whole.stops == [end(of: stream)])
        #expect(whole.sawOutput && !whole.isInsideEvent && whole.repeatedTerminals == 0)
        for cut in 0...stream.count where MeterRun(stream, .eventStream, cuts: [cut]) != whole {
            Issue.record("cut at \(cut)")
        }
        #expect(MeterRun(stream, .eventStream, cuts: Array(0..<stream.count)) == whole)
    }

    /// What is passed as a delta is what `feed` passes, and leaves the same state.
    @Test(arguments: streams)
    func deltasArePassedAsTheyAreFed(name: String) {
        let text = String(decoding: MeterRun.fixture(name), as: UTF8.self)
        var passing = UsageMeter(mode: .eventStream)
        var feeding = UsageMeter(mode: .eventStream)
        var passed = 0
        for event in text.split(separator: "\n\n") {
            let bytes = Array((event + "\n\n").utf8)
            let isPassed = passing.passDelta(bytes.span, in: 0..<bytes.count)
            if isPassed { passed += 1 }
            #expect(!isPassed || event.contains(".delta\""), "\(event)")
            for meter in 0...1 where meter == 1 || !isPassed {
                var at = 0
                while case .terminal(let stop)? = meter == 0
                    ? passing.feed(bytes.span, in: at..<bytes.count)
                    : feeding.feed(bytes.span, in: at..<bytes.count)
                { at = stop }
            }
            #expect(passing.response == feeding.response)
            #expect(passing.sawOutput == feeding.sawOutput)
        }
        #expect(!name.hasPrefix("turn") || passed > 0)
    }

    static let delta = """
        event: response.output_text.delta
        data: {"type":"response.output_text.delta","item_id":"msg_1","delta":"some text"}\n\n
        """

    @Test(arguments: [
        ("as it is", delta, true),
        ("a value that begins like a key", delta.replacing("some", with: "the"), true),
        ("another delta", delta.replacing("output_text", with: "function_call_arguments"), true),
        ("unnamed", String(delta.drop { $0 != "\n" }.dropFirst()), true),
        ("a second type", delta.replacing("item_id", with: "type"), false),
        ("an escaped second type", delta.replacing("item_id", with: "\\u0074ype"), false),
        ("another kind", delta.replacing(".delta", with: ".done"), false),
        ("a second line", delta.replacing(",", with: ",\ndata:"), false),
        ("cut", String(delta.dropLast()), false),
        ("two", delta + delta, false),
        ("CRLF", delta.replacing("\n", with: "\r\n"), false),
    ])
    func onlyOneWholeDeltaIsPassed(name: String, event: String, isPassed: Bool) {
        let bytes = Array(event.utf8)
        var meter = UsageMeter(mode: .eventStream)
        // Not before the first line: a byte order mark may stand there.
        let comment = Array(":\n\n".utf8)
        let first = meter.passDelta(bytes.span, in: 0..<bytes.count)
        _ = meter.feed(comment.span, in: 0..<comment.count)
        let result = meter.passDelta(bytes.span, in: 0..<bytes.count)
        #expect(result == isPassed, "\(name)")
        #expect(meter.sawOutput == isPassed)
        var inside = UsageMeter(mode: .eventStream)
        _ = inside.feed(comment.span, in: 0..<1)
        let insideEvent = inside.passDelta(bytes.span, in: 0..<bytes.count)
        var document = UsageMeter(mode: .document)
        let inDocument = document.passDelta(bytes.span, in: 0..<bytes.count)
        #expect(!first && !insideEvent && !inDocument)
    }

    @Test func aDocumentAtEverySplit() {
        let document = MeterRun.fixture("response.json")
        let whole = MeterRun(document, .document)
        #expect(whole.response == Self.expected("response.json"))
        #expect(whole.stops == [document.count - 2] && whole.sawOutput)
        for cut in 0...document.count where MeterRun(document, .document, cuts: [cut]) != whole {
            Issue.record("cut at \(cut)")
        }
    }

    @Test func nothingCountsBeforeTheLastBrace() {
        for name in Self.streams + ["response.json"] {
            let bytes = MeterRun.fixture(name)
            let mode: UsageMeter.Mode = name.hasSuffix("json") ? .document : .eventStream
            guard let stop = MeterRun(bytes, mode).stops.first else {
                Issue.record("\(name) does not stop")
                continue
            }
            let run = MeterRun(Array(bytes[..<stop]), mode)
            #expect(run.response.end == nil && !run.response.hasUsage && run.stops.isEmpty)
        }
    }

    private func completed(_ response: String) -> String {
        "data: {\"response\":\(response),\"type\":\"response.completed\"}\n\n"
    }

    @Test(arguments: [
        ("{\"usage\":null}", false, TokenCounts()),
        ("{}", false, TokenCounts()),
        ("{\"usage\":{}}", false, TokenCounts()),
        ("{\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}", true, TokenCounts()),
        (
            "{\"usage\":{\"output_tokens\":7,\"input_tokens\":5}}", true,
            TokenCounts(input: 5, output: 7)
        ),
        ("{\"\\u0075sage\":{\"input\\u005ftokens\":5}}", true, TokenCounts(input: 5)),
        (
            "{\"usage\":{\"input_tokens\":5,\"input_tokens_details\":null}}", true,
            TokenCounts(input: 5)
        ),
        ("{\"usage\":{\"input_tokens\":9,\"input_tokens\":5}}", true, TokenCounts(input: 5)),
        (
            "{\"usage\":{\"input_tokens\":9},\"usage\":{\"output_tokens\":5}}", true,
            TokenCounts(output: 5)
        ),
        ("{\"usage\":{\"input_tokens\":9},\"usage\":null}", false, TokenCounts()),
        ("{\"usage\":{\"input_tokens\":9}},\"response\":{}", false, TokenCounts()),
        ("{\"output\":[{\"usage\":{\"input_tokens\":9}}]}", false, TokenCounts()),
        ("{\"a\":{\"usage\":{\"input_tokens\":9}}}", false, TokenCounts()),
        ("[{\"usage\":{\"input_tokens\":9}}]", false, TokenCounts()),
        ("{\"usage\":[{\"input_tokens\":9}]}", false, TokenCounts()),
    ])
    func usageIsTakenFromItsPlaceOnly(response: String, hasUsage: Bool, tokens: TokenCounts) {
        let run = MeterRun(completed(response))
        #expect(run.response.end == .completed && run.stops.count == 1)
        #expect(run.response.hasUsage == hasUsage)
        #expect(run.response.tokens == tokens)
    }

    @Test(arguments: [
        "-1", "1.5", "1e3", "9007199254740993", "99999999999999999999999", "\"5\"", "true", "[5]",
        "{}", "\"\(String(repeating: "5", count: 300))\"",
    ])
    func oddNumbersAreTold(number: String) {
        for key in ["input_tokens", "output_tokens"] {
            let run = MeterRun(completed("{\"usage\":{\"output_tokens\":1,\"\(key)\":\(number)}}"))
            #expect(run.response.hasUsage)
            #expect(run.response.hasOddUsage, "\(key): \(number)")
        }
        let details = "{\"cached_tokens\":\(number)}"
        let run = MeterRun(
            completed("{\"usage\":{\"input_tokens\":1,\"input_tokens_details\":\(details)}}"))
        #expect(run.response.hasOddUsage)
    }

    @Test func statedSearchesWin() {
        let item =
            "data: {\"type\":\"response.output_item.done\",\"item\":"
            + "{\"type\":\"web_search_call\"}}\n\n"
        let stated = "{\"tool_usage\":{\"web_search\":{\"num_requests\":5}}}"
        #expect(MeterRun(item + item + completed(stated)).response.searches == 5)
        #expect(MeterRun(item + item + completed("{}")).response.searches == 2)
        let null = "{\"tool_usage\":{\"web_search\":{\"num_requests\":null}}}"
        #expect(MeterRun(item + completed(null)).response.searches == 1)
    }

    @Test(arguments: [
        // A reader that takes the last of two members sees an end here.
        ("{\"type\":\"response.output_text.delta\",\"type\":\"response.completed\"}", 1),
        ("{\"type\":\"a.delta\",\"x\":1,\"t\\u0079pe\":\"response.completed\"}", 1),
        (
            "{\"type\":\"a.delta\",\"\\u0074ype\":\"response.completed\",\"zzzzzzzzzzzzzzzzzz\":1}",
            1
        ),
        ("{\"type\":\"response.completed\",\"type\":\"response.output_text.delta\"}", 0),
        ("{\"type\":\"response.completed\",\"type\":5}", 0),
        ("{\"type\":\"response.c\\u006fmpleted\"}", 1),
        ("{\"delta\":{\"type\":\"response.completed\"},\"type\":\"a.delta\"}", 0),
        ("{\"type\":\"a.delta\",\"item\":{\"type\":\"response.completed\"},\"more\":\"00000\"}", 0),
        ("[{\"type\":\"response.completed\"}]", 0),
        ("{\"type\":\"response.completed\"", 0),
        ("{\"type\":\"response.completed\",}", 0),
        ("{\"type\":\"response.completed\"]", 0),
        ("{\"type\":\"response.completed \"}", 0),
        ("{\"type\":\"response.completed\"}{}", 1),
        ("{\"type\":\"response.completed\"}garbage", 1),
        ("x{\"type\":\"response.completed\"}", 0),
        ("[DONE]", 0), ("", 0), ("null", 0),
    ])
    func onlyATerminalEventStops(data: String, stops: Int) {
        for name in ["", "event: response.completed\n"] {
            let stream = "data: {\"type\":\"x\"}\n\n\(name)data: \(data)\n\n"
            let whole = MeterRun(stream)
            #expect(whole.stops.count == stops)
            for cut in 0...stream.utf8.count where MeterRun(stream, cuts: [cut]) != whole {
                Issue.record("cut at \(cut)")
            }
        }
    }

    @Test func anEventOfSeveralLines() {
        let stream =
            "data: {\"type\":\ndata: \"response.completed\",\"response\":\r"
            + "data: {\"usage\":{\"input_tokens\":5\ndata\ndata: }}\ndata:}\n\n"
        let whole = MeterRun(stream)
        #expect(whole.response.tokens.input == 5 && whole.stops == [stream.utf8.count - 3])
        for cut in 0...stream.utf8.count { #expect(MeterRun(stream, cuts: [cut]) == whole) }
        let broken = "data: {\"type\":\"response.\ndata: completed\"}\n\n"
        #expect(MeterRun(broken).stops.isEmpty)
        #expect(MeterRun("data: {\"type\":tr\ndata: ue}\n\n").stops.isEmpty)
    }

    @Test func theFirstEndSettles() {
        let first = completed("{\"id\":\"a\",\"usage\":{\"input_tokens\":5}}")
        let second = completed("{\"id\":\"b\",\"usage\":{\"input_tokens\":9}}")
        let item =
            "data: {\"type\":\"response.output_item.done\",\"item\":"
            + "{\"type\":\"web_search_call\"}}\n\n"
        let run = MeterRun(first + item + second + second)
        #expect(run.stops.count == 1 && run.repeatedTerminals == 2)
        #expect(run.response.responseID == "a" && run.response.tokens.input == 5)
        #expect(run.response.searches == 0)
    }

    @Test func anErrorEventIsKept() {
        let run = MeterRun("data: {\"type\":\"error\",\"code\":\"usage_limit_reached\"}\n\n")
        #expect(run.response.errorCode == "usage_limit_reached" && run.response.end == nil)
        let nested = "data: {\"type\":\"error\",\"error\":{\"code\":\"insufficient_quota\"}}\n\n"
        #expect(MeterRun(nested).response.errorCode == "insufficient_quota")
        #expect(!MeterRun(nested).sawOutput)
    }

    @Test(arguments: [
        ("{\"status\":\"completed\",\"usage\":{\"input_tokens\":1}}", ResponseEnd.completed),
        ("{\"status\":\"incomplete\"}", .incomplete), ("{\"status\":\"failed\"}", .failed),
        ("{\"usage\":{\"output_tokens\":1}}", .completed), ("{\"status\":\"queued\"}", nil),
        ("{}", nil), ("{\"data\":[]}", nil),
    ])
    func aDocumentSaysHowItEnded(document: String, end: ResponseEnd?) {
        let run = MeterRun(document + "\n", .document)
        #expect(run.response.end == end && run.stops == [document.utf8.count - 1])
        #expect(MeterRun("[\(document)]", .document).stops.isEmpty)
    }

    @Test func aHugeFinalEventCostsNothing() {
        let text = String(repeating: "all work and no play \\n \\\"", count: 100_000)
        let usage = "\"usage\":{\"input_tokens\":3,\"output_tokens\":4}"
        let output = "\"output\":[{\"text\":\"\(text)\"}]"
        for response in ["{\(usage),\(output)}", "{\(output),\(usage)}"] {
            let stream = Array(completed(response).utf8)
            let cuts = Array(stride(from: 0, to: stream.count, by: 65_536))
            let run = MeterRun(stream, .eventStream, cuts: cuts)
            #expect(run.response.tokens == TokenCounts(input: 3, output: 4))
            #expect(run.stops.count == 1)
        }
    }

    @Test func depthDoesNoHarm() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let run = MeterRun(completed("{\"output\":\(deep),\"usage\":{\"input_tokens\":3}}"))
        #expect(run.response.tokens.input == 3)
    }

    /// The fast way past delta events must not be told apart from the slow one, which a stream that
    /// comes byte by byte has to take.
    @Test func mutatedStreamsReadTheSameInOneAndInManyPieces() {
        var random = SeededGenerator(seed: 7)
        let sources = Self.streams.map(MeterRun.fixture)
        let alphabet = Array("{}[]\",:\\t\n\r \nd".utf8)
        for round in 0..<200 {
            var bytes = sources[round % sources.count]
            random.mutate(&bytes, alphabet: alphabet)
            let whole = MeterRun(bytes, .eventStream)
            var slow = MeterRun(bytes, .eventStream, cuts: Array(0..<bytes.count))
            // A delta event that is not JSON is output to one and nothing to the other.
            slow.sawOutput = whole.sawOutput
            if slow != whole { Issue.record("\(String(decoding: bytes, as: UTF8.self))") }
        }
    }
}
