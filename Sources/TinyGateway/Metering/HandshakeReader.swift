/// Decides, while the beginning of an event stream is held back, until when its request may move
/// to another upstream. It is fed the stream from its first byte, in pieces of any size, and no
/// more once it has said something else than `held`.
///
/// An event counts from its last brace on, so that no order of keys and no cut changes anything.
struct HandshakeReader: Sendable {
    enum Verdict: Equatable, Sendable {
        case held
        /// Output or another end is here, or what came cannot be read: it goes on to the client.
        case committed
        case refused(HandshakeRefusal)
    }

    private var stream = EventStreamScanner()
    private var scanner = JSONScanner(visitor: ResponseReader(mode: .eventStream))
    /// Events that came whole, and are held.
    private var events = 0
    /// The event so far has a `data` line. What has none is no event (WHATWG HTML 9.2.6).
    private var hasData = false
    /// The event's object is whole.
    private var isWhole = false

    init() {}

    /// Takes `bytes[range]`.
    mutating func feed(_ bytes: Span<UInt8>, in range: Range<Int>) -> Verdict {
        var position = range.lowerBound
        while let piece = stream.next(in: bytes, from: &position, to: range.upperBound) {
            // One more than are held.
            if events == Limits.handshakeEvents && piece != .dispatch { return .committed }
            switch piece {
            case .data(let range):
                hasData = true
                if let bracket = scanner.scan(bytes, in: range), bytes[bracket] == 0x7D {
                    isWhole = true
                    if let verdict { return verdict }
                }
            case .dataEnd:
                hasData = true
                scanner.lineBreak()
            case .dispatch:
                // An event that nobody can read may be anything.
                if hasData && !isWhole { return .committed }
                if hasData { events += 1 }
                beginEvent()
            }
        }
        return .held
    }

    private mutating func beginEvent() {
        hasData = false
        isWhole = false
        scanner.reset()
        scanner.visitor.reset()
    }

    /// What the event says whose object is whole; `nil` when more are to come.
    private var verdict: Verdict? {
        let refusal = scanner.visitor.refusal
        switch scanner.visitor.kind {
        case .other: return nil
        case .delta, .itemAdded, .itemDone, .completed, .incomplete: return .committed
        case .failed: return verdict(refusal.code, refusal)
        case .error: return verdict(refusal.code ?? refusal.eventCode, refusal)
        }
    }

    private func verdict(_ code: RefusalCode?, _ refusal: ResponseReader.Refusal) -> Verdict {
        guard let code else { return .committed }
        return .refused(
            HandshakeRefusal(
                code: code.name, resetsAt: refusal.resetsAt, resetsIn: refusal.resetsIn))
    }
}
