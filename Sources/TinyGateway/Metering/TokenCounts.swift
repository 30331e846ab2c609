/// The tokens that an upstream stated in `usage` (OpenAI Responses API).
struct TokenCounts: Equatable, Sendable {
    /// All input tokens; cached ones and those written to the cache are among them.
    var input: Int64 = 0
    var cached: Int64 = 0
    var cacheWrite: Int64 = 0
    /// All output tokens; reasoning tokens are among them.
    var output: Int64 = 0
    var reasoning: Int64 = 0
    /// A named number was negative, fractional, beyond 2^53 or no number at all, so no sum of these
    /// counts may be believed.
    var isOdd = false
}
