/// Why a response was not charged, or why Boost used money: 1...64 of [A-Za-z0-9_-], open for more.
public struct Reason: Identifier {
    public let text: String

    public init?(_ text: String) {
        guard IdentifierForm.isName(text, prefix: "", bytesMax: 64) else { return nil }
        self.text = text
    }

    private init(known text: String) {
        self.text = text
    }

    /// The response ended without usage.
    public static let noUsage = Reason(known: "no_usage")
    /// Its usage cannot be true (`OddUsage`).
    public static let oddUsage = Reason(known: "odd_usage")
    /// The process ended while it was under way.
    public static let crash = Reason(known: "crash")
    /// Its charge could not be written in time; the client was told that it failed.
    public static let disk = Reason(known: "disk")
    /// The upstream did not answer, or fell silent.
    public static let timeout = Reason(known: "timeout")
    /// The process was told to end, and the time to drain was over.
    public static let shutdown = Reason(known: "shutdown")
    /// Boost: the own upstream's refusals, by their names.
    public static let usageLimitReached = Reason(known: "usage_limit_reached")
    public static let usageNotIncluded = Reason(known: "usage_not_included")
    public static let insufficientQuota = Reason(known: "insufficient_quota")
    public static let quotaExceeded = Reason(known: "quota_exceeded")
    /// Boost: the own quota was known to be used up.
    public static let usedUp = Reason(known: "used_up")
    /// Boost: the turn had moved before.
    public static let sameTurn = Reason(known: "same_turn")
    /// The upstream's connection broke.
    public static let cut = Reason(known: "cut")
    /// The upstream answered with an error.
    public static let upstreamError = Reason(known: "upstream_error")
}
