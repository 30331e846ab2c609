import Billing

/// What the client is told (`DESIGN` section 4, the table): the one place that maps our refusals to
/// answers. What Codex does with each was measured; a wrong choice costs six or thirty repeats.
extension OpenAIError {
    /// - Parameter hasLogin: the client carries a ChatGPT login. A 401 would set off a refresh of
    ///   it.
    static func unknownToken(hasLogin: Bool) -> OpenAIError {
        let message =
            "This access token is not known, or was replaced. Please copy the present "
            + "configuration from your dashboard."
        if hasLogin { return .shown(message) }
        return OpenAIError(
            status: 401, message: message, type: "invalid_request_error", code: "invalid_api_key")
    }

    static func missingToken(hasLogin: Bool) -> OpenAIError {
        let message =
            "The request carries no access token. Please copy the configuration from your "
            + "dashboard: the token belongs into `http_headers`."
        if hasLogin { return .shown(message) }
        return OpenAIError(
            status: 401, message: message, type: "invalid_request_error", code: "missing_token")
    }

    /// Shown by Codex as it is, after one request: each further one would send the token again.
    static func inClear(publicURL: String) -> OpenAIError {
        let way =
            publicURL.hasPrefix("https://")
            ? "Please use \(publicURL)" : "Please ask the operator for its https:// address"
        return .shown(
            "This address is not encrypted, so access tokens are refused here. \(way), and have a "
                + "token that was sent here replaced. Nothing was charged.")
    }

    static let twoTokens = invalidRequest(
        400, "The request carries two different access tokens. Please send one.",
        code: "two_tokens")

    /// A 426 names what is spoken instead (RFC 9110 15.5.22).
    static let upgradeRefused = OpenAIError(
        status: 426, message: "WebSockets are not spoken here. Please use plain HTTP.",
        type: "invalid_request_error", code: "upgrade_refused",
        fields: [HeadField(name: "upgrade", value: "HTTP/1.1")])

    static let rateLimited = OpenAIError(
        status: 429, message: "Too many requests at once. Please try again in a moment.",
        type: "rate_limit_error", code: "rate_limit_exceeded",
        fields: [HeadField(name: "retry-after", value: "2")])

    static let ledgerClosed = shown(
        "The gateway cannot write its books at the moment, so it serves nothing that costs money. "
            + "The operator has been told. Nothing was charged.")

    static let upstreamUnreachable = OpenAIError(
        status: 502, message: "The upstream could not be reached. Nothing was charged.",
        type: "server_error", code: "upstream_unreachable")

    static let upstreamBroken = OpenAIError(
        status: 502, message: "The upstream's answer was not valid HTTP. Nothing was charged.",
        type: "server_error", code: "upstream_broken")

    static let upstreamUnreadable = shown(
        "The upstream's answer could not be read. Nothing was charged. Please try again.")

    static let upstreamSilent = shown(
        "The upstream took the request but did not answer in time. Nothing was charged. "
            + "Please try again.")

    static let upstreamClosed = shown(
        "The upstream took the request but closed the connection without an answer. "
            + "Nothing was charged. Please try again.")

    static func serviceUnavailable(_ service: StaticString) -> OpenAIError {
        shown(
            "\(service) is not available on this gateway at the moment. The operator has been told. "
                + "Nothing was charged.")
    }

    /// The weeks of a pass are over, or there never were any.
    static func passOver(publicURL: String) -> OpenAIError {
        promoted("Your Codex Link pass has no paid week left: renew it at \(publicURL)/dashboard")
    }

    /// The balance cannot pay: Codex shows the promo text once and does not repeat.
    static func usedUp(_ reason: LedgerError, publicURL: String) -> OpenAIError {
        let what: String
        switch reason {
        case .expired: what = "Your prepaid balance has expired"
        default: what = "Your prepaid balance is used up or too small for this request"
        }
        return promoted("\(what): top up at \(publicURL)/dashboard")
    }

    private static func promoted(_ promo: String) -> OpenAIError {
        OpenAIError(
            status: 429, message: promo + ".", type: "usage_limit_reached",
            code: "usage_limit_reached",
            fields: [HeadField(name: "x-codex-promo-message", value: promo)])
    }
}
