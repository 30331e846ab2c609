/// Why there is no new access token. What the token endpoint says is never shown, only which of the
/// known codes it was.
enum RefreshFault: Error, Equatable {
    /// The login is over: only another one helps. With one of `codes`, if it was one.
    case refused(status: Int, code: String?)
    /// Asked, and refused for now.
    case status(Int)
    /// Not asked.
    case unreachable
    /// Asked, and no answer came.
    case unanswered
    /// Answered with something that holds no token.
    case unreadable
    /// The new token has expired already: somebody's clock is wrong.
    case expired
    /// Not asked, because the file from which the tokens came cannot be read.
    case noFile

    /// What token endpoints call the end of a login.
    static let codes = [
        "refresh_token_expired", "refresh_token_reused", "refresh_token_invalidated",
        "refresh_token_revoked", "invalid_grant",
    ]

    /// Nothing but another login helps.
    var isFinal: Bool {
        if case .refused = self { return true }
        return false
    }

    /// The refresh token may have been spent, and its successors lost on the way.
    var isDoubtful: Bool {
        switch self {
        case .unanswered, .unreadable: true
        case .refused, .status, .unreachable, .expired, .noFile: false
        }
    }

    /// One sentence without its full stop.
    var text: String {
        switch self {
        case .refused(let status, let code):
            "the login is over (\(code ?? "status \(status)")); log in again with `codex login`"
        case .status(let status): "the token endpoint answered with status \(status)"
        case .unreachable: "the token endpoint cannot be reached"
        case .unanswered: "the token endpoint did not answer"
        case .unreadable: "the token endpoint's answer has no token"
        case .expired: "the new token has expired already; check the clock"
        case .noFile: "its file cannot be read"
        }
    }
}
