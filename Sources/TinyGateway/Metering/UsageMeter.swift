/// Reads what a response cost out of its own bytes as they pass. It is fed exactly the bytes that
/// are relayed, in pieces of any size, keeps a few scalars and never an event.
struct UsageMeter: Sendable {
    /// The shape of the answer.
    enum Mode: Sendable {
        /// `text/event-stream` (WHATWG HTML 9.2) of Responses API events.
        case eventStream
        /// One JSON object: the response itself.
        case document
    }

    let mode: Mode

    init(mode: Mode) {
        self.mode = mode
    }

    /// Everything known so far; see `MeteredResponse`.
    var response: MeteredResponse { MeteredResponse() }
    /// Bytes came since the last blank line: an event of our own needs a blank line before it.
    var isInsideEvent: Bool { false }
    /// Output began: the first item or delta, or the end.
    var sawOutput: Bool { false }
    /// Terminal events after the first. They are never charged; they deserve an alarm.
    var repeatedTerminals: Int { 0 }

    /// Takes `bytes[range]`. On `.terminal(at:)` the bytes from that offset on are not taken yet:
    /// they are fed again, from that very offset, and then never stop again.
    mutating func feed(_ bytes: Span<UInt8>, in range: Range<Int>) -> MeterStop? {
        nil
    }
}
