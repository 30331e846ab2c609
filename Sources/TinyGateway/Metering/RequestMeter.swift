/// Reads out of a request body, as it streams up in pieces of any size, what the hold, the price
/// and the rules for the operator's account need. Nothing of the body is kept but a few scalars.
struct RequestMeter: Sendable {
    private var scanner: JSONScanner<RequestReader>
    private var bodyBytes = 0
    /// The document's outermost bracket was a brace.
    private var isObject = false

    /// - Parameter isForImages: the request goes to `images/generations` or `images/edits`, where
    ///   `prompt` is a text of its own, not the name of a stored one.
    init(isForImages: Bool = false) {
        scanner = JSONScanner(visitor: RequestReader(isForImages: isForImages))
    }

    /// Everything known so far.
    var facts: RequestFacts {
        var facts = scanner.visitor.facts
        facts.bodyBytes = bodyBytes
        facts.isComplete = scanner.isDone && isObject
        facts.refusal = refusal
        return facts
    }

    /// Known at the latest when the last byte was fed, but for a body that just ends:
    /// `facts.isComplete` tells.
    var refusal: RequestRefusal? {
        if scanner.hasFailed || (scanner.isDone && !isObject) { return .malformed }
        return scanner.visitor.refusal
    }

    /// Takes `bytes[range]`.
    mutating func feed(_ bytes: Span<UInt8>, in range: Range<Int>) {
        bodyBytes += range.count
        guard let bracket = scanner.scan(bytes, in: range) else { return }
        isObject = bytes[bracket] == 0x7D
        _ = scanner.scan(bytes, in: bracket + 1..<range.upperBound)
    }
}
