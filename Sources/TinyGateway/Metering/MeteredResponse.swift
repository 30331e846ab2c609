import Billing

/// What the meter knows of one response. Complete once `end` is set; until then it holds what
/// earlier events (`response.created`) said.
struct MeteredResponse: Equatable, Sendable {
    var responseID: String?
    var model: String?
    var serviceTier: String?
    /// `nil` until a terminal event, or the end of a document, was seen.
    var end: ResponseEnd?
    /// `usage` was an object with token counts. A prewarm has none, or zeros, and is free.
    var hasUsage = false
    var tokens = TokenCounts()
    /// Web searches: as the final event states, else finished `web_search_call` items.
    var searches: Int64 = 0
    var images: [ImageUse] = []
    /// `response.error.code` (`insufficient_quota`, `usage_limit_reached` ...), or that of an
    /// `error` event.
    var errorCode: String?
    /// `response.incomplete_details.reason`.
    var incompleteReason: String?

    /// What is priced: tokens, searches and images together.
    var usage: Usage {
        Usage(
            input: tokens.input, cached: tokens.cached, cacheWrite: tokens.cacheWrite,
            output: tokens.output, reasoning: tokens.reasoning, searches: searches,
            images: images)
    }

    /// The counts cannot be believed, so nothing is charged for them (see `OddUsage` too).
    var hasOddUsage: Bool { tokens.isOdd }
}

/// What the events of a response call it.
struct ResponseNames {
    var responseID: String?
    var model: String?
    var serviceTier: String?

    /// The last event that names them counts.
    mutating func keep(_ reader: EventReader) {
        if let text = reader.scanner.visitor.pending.response.responseID { responseID = text }
        if let text = reader.scanner.visitor.pending.response.model { model = text }
        if let text = reader.scanner.visitor.pending.response.serviceTier { serviceTier = text }
    }
}

/// All of a response but its names. A class, because a live stream has none until it ends.
final class ResponseOutcome {
    var response = MeteredResponse()
    var counter = ItemCounter()
}
