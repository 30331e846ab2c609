import Billing

/// Reads what a response cost out of its own bytes as they pass. It is fed exactly the bytes that
/// are relayed, in pieces of any size, keeps a few scalars and never an event.
///
/// Every event is checked to its end, though its kind is mostly known from its first member: a
/// reader that takes the last of two `type` members must not see another end than the meter.
struct UsageMeter: Sendable {
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

    let mode: Mode
    /// Everything known so far; see `MeteredResponse`.
    private(set) var response = MeteredResponse()
    /// Output began: the first item or delta, or the end.
    private(set) var sawOutput = false
    /// Terminal events after the first. They are never charged; they deserve an alarm.
    private(set) var repeatedTerminals = 0

    private var stream = EventStreamScanner()
    private var scanner: JSONScanner<ResponseReader>
    private var counter = ItemCounter()
    /// The first terminal event, or the whole document, was seen.
    private var hasEnded = false
    /// The brace that was stopped at comes again as the first byte fed.
    private var isBraceWithheld = false

    init(mode: Mode) {
        self.mode = mode
        scanner = JSONScanner(visitor: ResponseReader(mode: mode))
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
                guard let bracket = scanner.scan(bytes, in: range) else { continue }
                if finishEvent() {
                    isBraceWithheld = true
                    return .terminal(at: bracket)
                }
            // What follows the object cannot change what it said.
            case .dataEnd:
                scanner.lineBreak()
            case .dispatch:
                scanner.reset()
                scanner.visitor.reset()
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

    /// An event's object is whole.
    /// - Returns: it is the one that ends the response.
    @inline(__always)
    private mutating func finishEvent() -> Bool {
        let kind = scanner.visitor.kind
        if kind == .delta {
            sawOutput = true
            return false
        }
        return finish(kind)
    }

    private mutating func finish(_ kind: ResponseEventKind) -> Bool {
        if kind.isOutput { sawOutput = true }
        if let end = kind.end {
            guard !hasEnded else {
                repeatedTerminals += 1
                return false
            }
            settle(end, counter)
            return true
        }
        guard !hasEnded else { return false }
        if kind == .itemDone { counter.count(scanner.visitor.item) }
        keepNames()
        if kind == .error { response.errorCode = scanner.visitor.pending.response.errorCode }
        return false
    }

    private mutating func feedDocument(
        _ bytes: Span<UInt8>, from start: Int, to end: Int
    ) -> MeterStop? {
        guard let bracket = scanner.scan(bytes, in: start..<end), !hasEnded,
            bytes[bracket] == 0x7D
        else { return nil }
        sawOutput = true
        let reader = scanner.visitor
        switch mode {
        case .eventStream, .document:
            // An answer that leaves out its status, but counts its tokens, is complete.
            let isPlain = reader.pending.status == nil && reader.pending.response.hasUsage
            settle(isPlain ? .completed : reader.pending.status, reader.counter)
        case .images:
            settleImages(reader.images, reader.item)
        case .search:
            settleCall()
            response.searches = 1
            response.hasUsage = true
        }
        isBraceWithheld = true
        return .terminal(at: bracket)
    }

    /// An answer without images is one that nothing can be charged for.
    private mutating func settleImages(_ count: Int64, _ kind: OutputItem) {
        settleCall()
        guard count > 0 else { return }
        if !kind.model.isEmpty { response.model = kind.model }
        response.images = [
            ImageUse(model: kind.model, quality: kind.quality, size: kind.size, count: count)
        ]
        response.hasUsage = true
    }

    private mutating func settleCall() {
        response.end = .completed
        hasEnded = true
    }

    /// The response has ended: from here on nothing changes it.
    private mutating func settle(_ end: ResponseEnd?, _ counter: ItemCounter) {
        keepNames()
        let pending = scanner.visitor.pending
        response.end = end
        response.hasUsage = pending.response.hasUsage
        response.tokens = pending.response.tokens
        response.errorCode = pending.response.errorCode ?? response.errorCode
        response.incompleteReason = pending.response.incompleteReason
        response.searches = pending.statedSearches ?? counter.searches
        response.images = counter.images
        hasEnded = true
    }

    /// The last event that names them counts.
    private mutating func keepNames() {
        let pending = scanner.visitor.pending.response
        response.responseID = pending.responseID ?? response.responseID
        response.model = pending.model ?? response.model
        response.serviceTier = pending.serviceTier ?? response.serviceTier
    }
}
