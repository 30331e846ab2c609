@testable import TinyGateway

/// A client on the other side of a loopback connection, on the same loop.
final class TestClient: StreamReceiver {
    private let loop: EventLoop
    private let stream: SocketStream
    private(set) var received: [UInt8] = []
    private(set) var hasEnded = false

    init(loop: EventLoop, stream: SocketStream) {
        self.loop = loop
        self.stream = stream
        stream.attach(self)
        stream.startReading()
    }

    func send(_ bytes: [UInt8]) {
        loop.batch.reset()
        loop.batch.append(bytes)
        stream.send(loop.batch)
    }

    func send(_ text: String) { send([UInt8](text.utf8)) }

    func finish() { stream.finish() }

    func close() {
        stream.close()
        hasEnded = true
    }

    func streamReceived(_ bytes: Span<UInt8>) {
        for index in bytes.indices { received.append(bytes[index]) }
    }

    func streamEnded() { hasEnded = true }
    func streamFailed(_ error: StreamError) { hasEnded = true }
    func streamDrained() {}

    /// Complete answers among what was received, each as `STATUS content`; `!` in front when the
    /// connection will not be used again, `...` behind when the content is not complete.
    func answers(to method: Method = .get) -> [String] {
        var answers: [String] = []
        var rest = received[...]
        while !rest.isEmpty {
            var parser = ResponseHeadParser(limits: .response(Limits()))
            guard let used = try? parser.feed([UInt8](rest).span) else {
                return answers + ["head ..."]
            }
            let head = parser.takeHead()
            rest = rest.dropFirst(used)
            let framing = head.framing(answering: method)
            let (content, count, isComplete) = Self.content(framing, [UInt8](rest))
            rest = rest.dropFirst(count)
            let mark = head.fields.valueEquals(.connection, ignoringCase: "close") ? "!" : ""
            let isWhole = isComplete || framing == .untilClose && hasEnded
            answers.append("\(mark)\(head.status) \(content)\(isWhole ? "" : "...")")
        }
        return answers
    }

    private static func content(
        _ framing: BodyFraming, _ bytes: [UInt8]
    ) -> (text: String, count: Int, isComplete: Bool) {
        var reader = ContentReader(framing)
        var content: [UInt8] = []
        var position = 0
        reading: while !reader.isComplete, let step = try? reader.next(bytes.span, from: position) {
            switch step {
            case .content(let range):
                content += bytes[range]
                position = range.upperBound
            case .needMore:
                position = bytes.count
                break reading
            case .end(let end): position = end
            }
        }
        return (String(decoding: content, as: UTF8.self), position, reader.isComplete)
    }
}
