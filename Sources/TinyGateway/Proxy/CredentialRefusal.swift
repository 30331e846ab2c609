/// What an upstream's refusal says of the credential that it was sent with. Of the upstream's own
/// words only those that are known here go any further.
enum CredentialRefusal: Equatable {
    /// The account's window is used up.
    case usedUp
    /// The account has no money or no such plan.
    case noQuota
    /// 401.
    case unauthorized
    /// Anything else that another credential may be spared: 403, redirections.
    case other(status: Int)

    private static let usedUpCodes = ["usage_limit_reached", "quota_exceeded"]
    private static let noQuotaCodes = [
        "insufficient_quota", "usage_not_included", "billing_hard_limit_reached",
    ]

    init(status: Int, code: String?) {
        let code = code ?? ""
        if Self.usedUpCodes.contains(code) {
            self = .usedUp
        } else if Self.noQuotaCodes.contains(code) {
            self = .noQuota
        } else if status == 401 || code == "invalid_api_key" {
            self = .unauthorized
        } else {
            self = .other(status: status)
        }
    }

    /// For how long others are asked first.
    var restSeconds: Int {
        switch self {
        case .usedUp, .noQuota, .unauthorized: Limits.credentialRestSeconds
        case .other: Limits.credentialRestSecondsShort
        }
    }

    var text: String {
        switch self {
        case .usedUp: "usage limit reached"
        case .noQuota: "no quota"
        case .unauthorized: "status 401"
        case .other(let status): "status \(status)"
        }
    }
}
