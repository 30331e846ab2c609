import Testing

@testable import TinyGateway

@Suite struct HandshakeReaderTests {
    typealias Verdict = HandshakeReader.Verdict

    /// The verdict, and the offset behind the byte that brought it.
    private func read(_ bytes: [UInt8], cuts: [Int]) -> (verdict: Verdict, end: Int) {
        var reader = HandshakeReader()
        let bounds = [0] + cuts + [bytes.count]
        for (from, to) in zip(bounds, bounds.dropFirst()) {
            let verdict = reader.feed(bytes.span, in: from..<to)
            if verdict != .held { return (verdict, to) }
        }
        return (.held, bytes.count)
    }

    /// The verdict, after every split brought the same at the same byte.
    private func verdict(_ stream: String) -> Verdict {
        let bytes = Array(stream.utf8)
        let slow = read(bytes, cuts: Array(0..<bytes.count))
        for cut in 0...bytes.count {
            let (verdict, end) = read(bytes, cuts: [cut])
            if verdict != slow.verdict || end != (slow.end <= cut ? cut : bytes.count) {
                Issue.record("cut at \(cut): \(verdict), not \(slow.verdict)")
            }
        }
        return slow.verdict
    }

    private func event(_ data: String) -> String { "data: \(data)\n\n" }

    private func typed(_ type: String, _ members: String = "") -> String {
        event("{\"type\":\"\(type)\"\(members)}")
    }

    private func refused(
        _ code: String, at resetsAt: Int64? = nil, in resetsIn: Int64? = nil
    ) -> Verdict {
        .refused(HandshakeRefusal(code: code, resetsAt: resetsAt, resetsIn: resetsIn))
    }

    @Test(arguments: [
        ("response.created", false), ("response.in_progress", false), ("response.queued", false),
        ("response.output_text.done", false), ("keepalive", false), ("", false),
        ("codex.rate_limits", false), ("response.output_item.added", true),
        ("response.output_item.done", true), ("response.output_text.delta", true),
        ("response.reasoning_summary_text.delta", true), ("x.delta", true),
        ("response.completed", true), ("response.incomplete", true), ("response.failed", true),
        ("error", true), ("response.output_item.added ", false),
    ])
    func theFirstOutputOrEndCommits(type: String, commits: Bool) {
        for start in ["", typed("response.created", ",\"response\":{\"id\":\"r\"}"), ":\n\n"] {
            #expect(verdict(start + typed(type)) == (commits ? .committed : .held))
            #expect(verdict("\(start)event: x\r\n\(typed(type))") == (commits ? .committed : .held))
        }
    }

    static let codes = [
        "usage_limit_reached", "usage_not_included", "insufficient_quota", "quota_exceeded",
        "invalid_encrypted_content",
    ]

    @Test(arguments: codes)
    func aRefusalIsFoundInEachOfItsPlaces(code: String) {
        let inResponse = [
            "{\"error\":{\"code\":\"\(code)\",\"message\":\"m\"}}",
            "{\"id\":\"r\",\"error\":{\"type\":\"\(code)\",\"code\":null}}",
            "{\"error\":{\"type\":\"x\",\"code\":\"\(code)\"},\"usage\":null}",
        ]
        for response in inResponse {
            #expect(verdict(typed("response.failed", ",\"response\":\(response)")) == refused(code))
            let last = event("{\"response\":\(response),\"type\":\"response.failed\"}")
            #expect(verdict(typed("response.created") + last) == refused(code))
            #expect(verdict(typed("response.completed", ",\"response\":\(response)")) == .committed)
            #expect(
                verdict(typed("response.incomplete", ",\"response\":\(response)")) == .committed)
            #expect(verdict(typed("response.created", ",\"response\":\(response)")) == .held)
        }
        for error in ["{\"code\":\"\(code)\"}", "{\"code\":\"x\",\"type\":\"\(code)\"}"] {
            #expect(verdict(typed("error", ",\"error\":\(error),\"status\":429")) == refused(code))
            #expect(verdict(event("{\"error\":\(error),\"type\":\"error\"}")) == refused(code))
            // What stands beside it takes nothing back.
            for beside in [
                "\"code\":null", "\"response\":null", "\"response\":{}", "\"error\":null",
            ] {
                let members = ",\"error\":\(error),\(beside)"
                #expect(verdict(typed("error", members)) == refused(code))
            }
        }
        #expect(verdict(typed("error", ",\"code\":\"\(code)\",\"message\":\"m\"")) == refused(code))
        #expect(verdict(typed("error", ",\"code\":\"\(code)\",\"error\":{}")) == refused(code))
        #expect(verdict(typed("response.failed", ",\"code\":\"\(code)\"")) == .committed)
        #expect(verdict(typed("response.output_text.delta", ",\"code\":\"\(code)\"")) == .committed)
        #expect(verdict(typed("x", ",\"error\":{\"code\":\"\(code)\"}")) == .held)
        // An event's own facts only.
        #expect(
            verdict(typed("x", ",\"error\":{\"code\":\"\(code)\"}") + typed("error")) == .committed)
    }

    @Test(arguments: [
        "rate_limit_exceeded", "server_is_overloaded", "server_error", "invalid_prompt",
        "usage_limit", "Usage_Limit_Reached", "usage_limit_reached ", "",
        String(repeating: "u", count: 300),
    ])
    func anotherFailureIsNoRefusal(code: String) {
        let error = "{\"code\":\"\(code)\",\"type\":\"\(code)\"}"
        #expect(verdict(typed("error", ",\"code\":\"\(code)\",\"error\":\(error)")) == .committed)
        #expect(
            verdict(typed("response.failed", ",\"response\":{\"error\":\(error)}")) == .committed)
        for error in ["null", "5", "\"usage_limit_reached\"", "[\"usage_limit_reached\"]", "{}"] {
            #expect(
                verdict(typed("response.failed", ",\"response\":{\"error\":\(error)}"))
                    == .committed)
        }
    }

    @Test(
        arguments: [
            ("", nil, nil), (",\"resets_at\":1795310000", 1_795_310_000, nil),
            (",\"resets_in_seconds\":0", nil, 0),
            (",\"resets_at\":1,\"resets_in_seconds\":2", 1, 2),
            (",\"resets_at\":-1,\"resets_in_seconds\":1.5", nil, nil),
            (",\"resets_at\":\"5\",\"resets_in_seconds\":null", nil, nil),
            (",\"resets_at\":{\"a\":1},\"resets_in_seconds\":[7]", nil, nil),
            (",\"resets_at\":99999999999999999999,\"resets_in_seconds\":true", nil, nil),
            (",\"r\\u0065sets_at\":5", 5, nil),
        ] as [(String, Int64?, Int64?)])
    func theResetsStandBesideTheCode(members: String, at: Int64?, in seconds: Int64?) {
        let error = "{\"type\":\"usage_limit_reached\"\(members)}"
        let expected = refused("usage_limit_reached", at: at, in: seconds)
        #expect(verdict(typed("error", ",\"error\":\(error)")) == expected)
        #expect(verdict(typed("response.failed", ",\"response\":{\"error\":\(error)}")) == expected)
        #expect(verdict(typed("error", ",\"code\":\"usage_limit_reached\"\(members)")) == expected)
    }

    @Test func theSeventeenthEventCommits() {
        let quiet = typed("response.in_progress")
        let held = String(repeating: quiet, count: Limits.handshakeEvents)
        #expect(verdict(held) == .held)
        #expect(verdict(held + ":\n\nevent: ping\n\n") == .held)
        #expect(verdict(held + "d") == .held)
        #expect(verdict(held + "data: {") == .committed)
        #expect(verdict(held + "data\n") == .committed)
        let refusal = typed("error", ",\"code\":\"usage_limit_reached\"")
        #expect(verdict(held + refusal) == .committed)
        #expect(
            verdict(String(held.dropFirst(quiet.count)) + refusal) == refused("usage_limit_reached")
        )
    }

    @Test(arguments: [
        ("data: [DONE]\n\n", true), ("data: \n\n", true), ("data\n\n", true),
        ("data: {\"type\":\"x\"\n\n", true), ("data: {\"type\":\"x\",}\n\n", true),
        ("data: []\n\n", true), ("data: null\n\n", true), ("data: \"x\"\n\n", true),
        ("data: {\"type\":\"response.failed\",\"response\":{\"error\":oops}}\n\n", true),
        ("data: {\"type\":\"a.delta\",\"delta\":oops}\n\n", true),
        (
            "data: {\"type\":\"response.output_text.delta\",\"item_id\":\"m\",\"delta\":\"te\n\n",
            true
        ),
        ("data: {\"type\":\ndata: \"x\"}\n\n", false),
        ("data: {\"type\":\"x\"}trailing\n\n", false),
        ("data: {\"type\":\"x\"}\ndata: {\"type\":\"error\"}\n\n", false),
        ("event: response.failed\n\n", false), (": comment\n\n", false), ("id: 5\n\n", false),
        ("data: {\"type\":\"x\"", false), ("", false), ("\n\n\n", false),
        ("\u{FEFF}data: {\"type\":\"a.delta\"}", true), ("\u{FEFF}data: {}\n\n", false),
    ])
    func whatCannotBeReadCommits(stream: String, commits: Bool) {
        for lineEnd in ["\n", "\r\n", "\r"] {
            let text = stream.replacing("\n", with: lineEnd)
            #expect(verdict(text) == (commits ? .committed : .held))
            // A CR dispatches at once; an LF may follow it.
            let quiet = typed("response.created").replacing("\n", with: lineEnd)
            if !stream.hasPrefix("\u{FEFF}") {
                #expect(verdict(quiet + text) == (commits ? .committed : .held))
            }
        }
    }

    @Test func theLastTypeCounts() {
        #expect(verdict(event("{\"type\":\"x\",\"t\\u0079pe\":\"a.delta\"}")) == .committed)
        #expect(verdict(event("{\"type\":\"a.delta\",\"type\":\"x\"}")) == .held)
        #expect(verdict(event("{\"response\":{\"type\":\"a.delta\"}}")) == .held)
    }

    @Test(arguments: UsageMeterTests.streams)
    func recordedStreamsCommit(name: String) {
        let text = String(decoding: MeterRun.fixture(name), as: UTF8.self)
        #expect(
            verdict(text) == (name == "failed.sse" ? refused("insufficient_quota") : .committed))
    }

    @Test func mutatedStreamsReadTheSameInOneAndInManyPieces() {
        var random = SeededGenerator(seed: 11)
        let refusal = typed(
            "response.failed",
            ",\"response\":{\"error\":{\"code\":\"usage_limit_reached\",\"resets_at\":7}}")
        let source = Array((typed("response.created") + ":\n\n" + refusal).utf8)
        let alphabet = Array("{}[]\",:\\t\n\r \ndu7".utf8)
        for _ in 0..<2_000 {
            var bytes = source
            random.mutate(&bytes, alphabet: alphabet)
            let whole = read(bytes, cuts: [])
            let slow = read(bytes, cuts: Array(0..<bytes.count))
            if whole.verdict != slow.verdict {
                Issue.record("\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
