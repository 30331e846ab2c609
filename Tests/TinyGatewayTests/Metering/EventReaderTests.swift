import Testing

@testable import TinyGateway

@Suite("Metering: readers that streams lend each other") struct EventReaderTests {
    /// Two streams, each inside of an event most of the time, take their readers from one shelf.
    @Test func streamsThatShareAShelfDoNotMeet() {
        let texts = [Self.stream("resp_one", input: 11), Self.stream("resp_two", input: 22)]
        let shelf = EventReaderShelf()
        var meters = texts.map { _ in UsageMeter(mode: .eventStream, shelf: shelf) }
        for index in 0..<texts[0].count {
            for (number, text) in texts.enumerated() {
                if case .terminal? = meters[number].feed(text.span, in: index..<index + 1) {
                    _ = meters[number].feed(text.span, in: index..<index + 1)
                }
            }
        }
        #expect(meters.map { $0.response.responseID } == ["resp_one", "resp_two"])
        #expect(meters.map { $0.response.tokens.input } == [11, 22])
        #expect(meters.allSatisfy { $0.response.end == .completed && !$0.isInsideEvent })
    }

    @Test func aReaderThatCameBackBeginsAnew() {
        let shelf = EventReaderShelf()
        let reader = shelf.take(.eventStream)
        let text = Array(#"{"type":"response.completed","response":{"id":"resp_one""#.utf8)
        _ = reader.scanner.scan(text.span, in: 0..<text.count)
        shelf.give(reader)
        let again = shelf.take(.eventStream)
        #expect(again === reader && shelf.take(.eventStream) !== reader)
        #expect(again.scanner.visitor.kind == .other)
        #expect(again.scanner.visitor.pending.response == MeteredResponse())
        #expect(again.scanner.place == .value)
    }

    private static func stream(_ id: String, input: Int) -> [UInt8] {
        let created = #"{"type":"response.created","response":{"id":"\#(id)","model":"m"}}"#
        let completed =
            #"{"type":"response.completed","response":{"id":"\#(id)","usage":{"input_tokens":"#
            + #"\#(input),"output_tokens":3}}}"#
        return Array("data: \(created)\n\ndata: \(completed)\n\n".utf8)
    }
}
