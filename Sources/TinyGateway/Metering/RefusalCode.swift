/// Why an upstream would not begin, where another one, or the same without what it cannot read,
/// may: the codes and types of errors that a request may move for.
enum RefusalCode: UInt8, Sendable {
    case usageLimitReached
    case usageNotIncluded
    case insufficientQuota
    case quotaExceeded
    case invalidEncryptedContent

    init?(_ text: Span<UInt8>) {
        if text.equals("usage_limit_reached") {
            self = .usageLimitReached
        } else if text.equals("usage_not_included") {
            self = .usageNotIncluded
        } else if text.equals("insufficient_quota") {
            self = .insufficientQuota
        } else if text.equals("quota_exceeded") {
            self = .quotaExceeded
        } else if text.equals("invalid_encrypted_content") {
            self = .invalidEncryptedContent
        } else {
            return nil
        }
    }

    var name: String {
        switch self {
        case .usageLimitReached: "usage_limit_reached"
        case .usageNotIncluded: "usage_not_included"
        case .insufficientQuota: "insufficient_quota"
        case .quotaExceeded: "quota_exceeded"
        case .invalidEncryptedContent: "invalid_encrypted_content"
        }
    }
}
