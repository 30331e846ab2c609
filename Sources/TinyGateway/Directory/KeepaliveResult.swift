import Billing

/// What came of a balance's last keepalive. A class that never changes, so that copies of the
/// directory share it.
final class KeepaliveResult: Equatable, Sendable {
    enum Outcome: Equatable, Sendable {
        /// The upstream's status.
        case answered(Int)
        case unanswered
        case skipped(Skip)
    }

    /// Why no request was made.
    enum Skip: UInt8, CaseIterable, Sendable {
        case expired, unreadable, spent, over

        var text: String {
            switch self {
            case .expired: "the token has expired"
            case .unreadable: "the token was sealed under another secret.key"
            case .spent: "the usage window is spent"
            case .over: "the pass or balance is over"
            }
        }
    }

    /// One of the account's two windows of usage.
    struct Window: Equatable, Sendable {
        let usedPercent: Int
        let resets: Timestamp?
    }

    /// Of skips for the same reason one after the other, the first one's.
    let at: Timestamp
    let outcome: Outcome
    /// As the last answer said.
    let primary: Window?
    let secondary: Window?
    /// Until then the account's usage is known to be spent.
    let spentUntil: Timestamp?

    init(
        at: Timestamp, outcome: Outcome, primary: Window? = nil, secondary: Window? = nil,
        spentUntil: Timestamp? = nil
    ) {
        self.at = at
        self.outcome = outcome
        self.primary = primary
        self.secondary = secondary
        self.spentUntil = spentUntil
    }

    /// What is known of the windows stays known when no request is made.
    static func skipped(_ reason: Skip, at now: Timestamp, after last: KeepaliveResult?)
        -> KeepaliveResult
    {
        KeepaliveResult(
            at: now, outcome: .skipped(reason), primary: last?.primary, secondary: last?.secondary,
            spentUntil: last?.spentUntil)
    }

    /// Without what is known of the account's usage.
    var withoutSpent: KeepaliveResult {
        KeepaliveResult(at: at, outcome: outcome, primary: primary, secondary: secondary)
    }

    func isSkip(_ reason: Skip) -> Bool {
        if case .skipped(let other) = outcome { return other == reason }
        return false
    }

    /// Whether there is no use in trying the same login again.
    var isRefusal: Bool {
        switch outcome {
        case .answered(let status): status == 401 || status == 403
        case .skipped(let reason): reason == .unreadable
        case .unanswered: false
        }
    }

    static func == (left: KeepaliveResult, right: KeepaliveResult) -> Bool {
        left.encoded == right.encoded
    }
}
