import Billing

/// Reads what a response cost out of its own bytes as they pass. It is fed exactly the bytes that
/// are relayed, in pieces of any size, keeps a few scalars and never an event.
///
/// Every event is checked to its end, though its kind is mostly known from its first member: a
/// reader that takes the last of two `type` members must not see another end than the meter.
///
/// There is one for every live stream, which is nearly always between two deltas: what only an
/// event of another kind needs stands in an `EventReader`, lent for the length of that event.
struct UsageMeter {
    /// The shape of the answer.
    enum Mode: Sendable {
        /// `text/event-stream` (WHATWG HTML 9.2) of Responses API events.
        case eventStream
        /// One JSON object: the response itself.
        case document
        /// One JSON object: the answer of `images/generations` or `images/edits`. What it counts is
        /// its images; the tokens that it may state are inside their price.
        case images
        /// Any JSON object: the answer of `alpha/search`, one search.
        case search
    }

    private var stream = EventStreamScanner()
    let mode: Mode
    /// Output began: the first item or delta, or the end.
    private(set) var sawOutput = false
    /// The first terminal event, or the whole document, was seen.
    private var hasEnded = false
    /// The brace that was stopped at comes again as the first byte fed.
    private var isBraceWithheld = false
    /// Terminal events after the first. They are never charged; they deserve an alarm.
    private(set) var repeatedTerminals: UInt32 = 0

    /// The event, or the document, that came in part; nil between two events.
    private var reader: EventReader?
    private let shelf: EventReaderShelf
    /// What the events call the response.
    private var names = ResponseNames()
    /// What it costs besides its text, an error, and its end; nil until the first of them.
    private var outcome: ResponseOutcome?

    /// - Parameter shelf: where readers lie that no stream needs at the moment.
    init(mode: Mode, shelf: EventReaderShelf = EventReaderShelf()) {
        self.mode = mode
        self.shelf = shelf
    }

    /// Everything known so far; see `MeteredResponse`.
    var response: MeteredResponse {
        var response = outcome?.response ?? MeteredResponse()
        response.responseID = names.responseID
        response.model = names.model
        response.serviceTier = names.serviceTier
        return response
    }

    /// Bytes came since the last blank line: an event of our own needs a blank line before it.
    var isInsideEvent: Bool { stream.isInsideEvent }

    /// Takes `bytes[range]`. On `.terminal(at:)` the bytes from that offset on are not taken yet:
    /// they are fed again, from that very offset, and then never stop again.
    mutating func feed(_ bytes: Span<UInt8>, in range: Range<Int>) -> MeterStop? {
        var position = range.lowerBound
        if isBraceWithheld {
            guard !range.isEmpty else { return nil }
            precondition(bytes[position] == 0x7D, "fed on from another byte than the meter's stop")
            isBraceWithheld = false
            position += 1
        }
        switch mode {
        case .eventStream: return feedEvents(bytes, from: position, to: range.upperBound)
        case .document, .images, .search:
            return feedDocument(bytes, from: position, to: range.upperBound)
        }
    }

    /// Takes `bytes[range]` when that is one delta event, whole, after a whole event: nothing can
    /// come of it. - Returns: otherwise false, and nothing was taken: feed it.
    @inline(__always)
    mutating func passDelta(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
        // A document is never between events: its stream stays before the first one.
        guard stream.isBetweenEvents, !isBraceWithheld,
            DeltaEvent.isText(bytes, range)
                || DeltaEvent.end(bytes, from: range.lowerBound, to: range.upperBound)
                    == range.upperBound
        else { return false }
        sawOutput = true
        return true
    }

    private mutating func feedEvents(
        _ bytes: Span<UInt8>, from start: Int, to end: Int
    ) -> MeterStop? {
        var position = start
        skipDeltas(bytes, &position, end)
        // Nearly every read is one delta, whole.
        if position == end { return nil }
        while let piece = stream.next(in: bytes, from: &position, to: end) {
            switch piece {
            case .data(let range):
                let reader = openReader()
                guard let bracket = reader.scanner.scan(bytes, in: range) else { continue }
                if finishEvent(reader) {
                    isBraceWithheld = true
                    return .terminal(at: bracket)
                }
            // What follows the object cannot change what it said.
            case .dataEnd:
                reader?.scanner.lineBreak()
            case .dispatch:
                if let read = reader {
                    reader = nil
                    shelf.give(read)
                }
                skipDeltas(bytes, &position, end)
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func skipDeltas(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) {
        while stream.isBetweenEvents,
            let next = DeltaEvent.end(bytes, from: position, to: end)
        {
            position = next
            sawOutput = true
        }
    }

    /// The reader of the event under way, which may begin here.
    private mutating func openReader() -> EventReader {
        if let reader { return reader }
        let taken = shelf.take(mode)
        reader = taken
        return taken
    }

    /// An event's object is whole.
    /// - Returns: it is the one that ends the response.
    @inline(__always)
    private mutating func finishEvent(_ reader: EventReader) -> Bool {
        let kind = reader.scanner.visitor.kind
        if kind == .delta {
            sawOutput = true
            return false
        }
        return finish(kind, reader)
    }

    private mutating func finish(_ kind: ResponseEventKind, _ reader: EventReader) -> Bool {
        if kind.isOutput { sawOutput = true }
        if let end = kind.end {
            guard !hasEnded else {
                repeatedTerminals += 1
                return false
            }
            settle(end, outcome?.counter ?? ItemCounter(), reader)
            return true
        }
        guard !hasEnded else { return false }
        if kind == .itemDone, reader.scanner.visitor.item.kind != .other {
            openOutcome().counter.count(reader.scanner.visitor.item)
        }
        names.keep(reader)
        if kind == .error {
            openOutcome().response.errorCode = reader.scanner.visitor.pending.response.errorCode
        }
        return false
    }

    private mutating func feedDocument(
        _ bytes: Span<UInt8>, from start: Int, to end: Int
    ) -> MeterStop? {
        let reader = openReader()
        guard let bracket = reader.scanner.scan(bytes, in: start..<end), !hasEnded,
            bytes[bracket] == 0x7D
        else { return nil }
        sawOutput = true
        switch mode {
        case .eventStream, .document:
            let status = reader.scanner.visitor.pending.status
            // An answer that leaves out its status, but counts its tokens, is complete.
            let isPlain = status == nil && reader.scanner.visitor.pending.response.hasUsage
            settle(isPlain ? .completed : status, reader.scanner.visitor.counter, reader)
        case .images:
            settleImages(reader.scanner.visitor.images, reader.scanner.visitor.item)
        case .search:
            let outcome = settleCall()
            outcome.response.searches = 1
            outcome.response.hasUsage = true
        }
        isBraceWithheld = true
        return .terminal(at: bracket)
    }

    /// An answer without images is one that nothing can be charged for.
    private mutating func settleImages(_ count: Int64, _ kind: OutputItem) {
        let outcome = settleCall()
        guard count > 0 else { return }
        if !kind.model.isEmpty { names.model = kind.model }
        outcome.response.images = [
            ImageUse(model: kind.model, quality: kind.quality, size: kind.size, count: count)
        ]
        outcome.response.hasUsage = true
    }

    private mutating func settleCall() -> ResponseOutcome {
        let outcome = openOutcome()
        outcome.response.end = .completed
        hasEnded = true
        return outcome
    }

    /// The response has ended: from here on nothing changes it.
    private mutating func settle(
        _ end: ResponseEnd?, _ counter: ItemCounter, _ reader: EventReader
    ) {
        names.keep(reader)
        let pending = reader.scanner.visitor.pending
        let outcome = openOutcome()
        outcome.response.end = end
        outcome.response.hasUsage = pending.response.hasUsage
        outcome.response.tokens = pending.response.tokens
        outcome.response.errorCode = pending.response.errorCode ?? outcome.response.errorCode
        outcome.response.incompleteReason = pending.response.incompleteReason
        outcome.response.searches = pending.statedSearches ?? counter.searches
        outcome.response.images = counter.images
        hasEnded = true
    }

    private mutating func openOutcome() -> ResponseOutcome {
        if let outcome { return outcome }
        let new = ResponseOutcome()
        outcome = new
        return new
    }
}
