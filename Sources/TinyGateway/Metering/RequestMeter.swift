/// Reads out of a request body, as it streams up, what the hold, the price and the rules for the
/// operator's account need.
struct RequestMeter: Sendable {
    init() {}

    /// Everything known so far.
    var facts: RequestFacts { RequestFacts() }

    /// Takes `bytes[range]`.
    mutating func feed(_ bytes: Span<UInt8>, in range: Range<Int>) {
    }
}
