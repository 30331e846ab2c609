import Billing

/// What came of a balance's last keepalive.
struct KeepaliveResult: Equatable {
    enum Outcome: Equatable {
        /// The upstream's status.
        case answered(Int)
        case unanswered
        case skipped(Skip)
    }

    /// Why no request was made.
    enum Skip: UInt8, CaseIterable {
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
    struct Window: Equatable {
        let usedPercent: Int
        let resets: Timestamp?
    }

    /// Of skips for the same reason one after the other, the first one's.
    var at: Timestamp
    var outcome: Outcome
    /// As the last answer that spoke of them said.
    var primary: Window?
    var secondary: Window?
    /// Until then the account's usage is known to be spent.
    var spentUntil: Timestamp?

    /// Whether there is no use in trying the same login again.
    var isRefusal: Bool {
        switch outcome {
        case .answered(let status): status == 401 || status == 403
        case .skipped(let reason): reason == .unreadable
        case .unanswered: false
        }
    }
}
