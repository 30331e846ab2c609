/// What the request meter knows of a request body.
struct RequestFacts: Equatable, Sendable {
    /// Bytes fed so far.
    var bodyBytes = 0
    var model: String?
    var isStream = false
    var serviceTier: String?
    var maxOutputTokens: Int64?
    var promptCacheKey: String?
    /// The body so far is one whole JSON object and nothing but white space after it.
    var isComplete = false
    /// Known at the latest when the last byte was fed, except `.malformed` for a body that just
    /// ends: `isComplete` tells.
    var refusal: RequestRefusal?
}
