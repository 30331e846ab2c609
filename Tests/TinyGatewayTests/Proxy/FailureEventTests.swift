import Testing

@testable import TinyGateway

@Suite("Proxy: a failure inside a stream") struct FailureEventTests {
    static let message = "The \"upstream\"\nclosed: C:\\ \u{1F600} \u{7F}"

    @Test(arguments: [false, true]) func itIsOneEventOfItsOwn(_ insideEvent: Bool) throws {
        let bytes = FailureEvent.bytes(
            code: FailureEvent.serverError, message: Self.message, insideEvent: insideEvent)
        let text = String(decoding: bytes, as: UTF8.self)
        // What was open before it is ended by its blank line.
        let before = insideEvent ? "event: x\ndata: {\"half\"" : "data: {}\n\n"
        let blocks = (before + text).split(separator: "\n\n", omittingEmptySubsequences: true)
        #expect(blocks.count == 2)
        let lines = blocks[1].split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        #expect(lines[0] == "event: response.failed")
        #expect(lines[1].hasPrefix("data: {"))
        #expect(text.hasSuffix("\n\n"))
        let document = try JSONReader.read([UInt8](lines[1].dropFirst(6).utf8), bytesMax: 4096)
        #expect(document["type"]?.string == "response.failed")
        #expect(document["response"]?["status"]?.string == "failed")
        #expect(document["response"]?["error"]?["code"]?.string == "server_error")
        #expect(document["response"]?["error"]?["message"]?.string == Self.message)
        #expect(document["response"]?["output"]?.array?.isEmpty == true)
    }

    @Test func aMeterReadsItAsAFailureWithoutUsage() {
        let bytes = FailureEvent.bytes(
            code: FailureEvent.invalidPrompt, message: Self.message, insideEvent: false)
        var meter = UsageMeter(mode: .eventStream)
        Self.feed(bytes, to: &meter)
        #expect(meter.sawOutput)
        #expect(meter.repeatedTerminals == 0)
        #expect(!meter.isInsideEvent)
    }

    private static func feed(_ bytes: [UInt8], to meter: inout UsageMeter) {
        var position = 0
        while let stop = meter.feed(bytes.span, in: position..<bytes.count) {
            guard case .terminal(let at) = stop else { return }
            position = at
        }
    }
}
