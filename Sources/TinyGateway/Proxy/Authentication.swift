import Billing

/// Finds the access token of a request in its three places and whom it lets in.
enum Authentication {
    enum Refusal: Error, Equatable {
        case missing
        case twoTokens
        case unknown

        /// - Parameter hasLogin: the client carries a ChatGPT login, which a 401 would disturb.
        func error(hasLogin: Bool) -> OpenAIError {
            switch self {
            case .missing: .missingToken(hasLogin: hasLogin)
            case .twoTokens: .twoTokens
            case .unknown: .unknownToken(hasLogin: hasLogin)
            }
        }
    }

    static func access(
        _ head: RequestHead, _ path: ClientPath, in directory: Directory
    ) -> Result<Access, Refusal> {
        let fields = head.fields
        var found: [String] = []
        if let token = path.token { found.append(token) }
        for index in fields.indices where fields.name(at: index) == .tinyGatewayToken {
            found.append(fields.value(at: index))
        }
        let bearer = bearerToken(fields)
        if let bearer { found.append(bearer) }
        guard let first = found.first else { return .failure(.missing) }
        for token in found where token != first { return .failure(.twoTokens) }
        guard let token = AccessToken(first), let access = directory.access(token) else {
            return .failure(.unknown)
        }
        // Where Authorization is the user's own login, a token in it is a mistake, and one that
        // would travel.
        if bearer != nil, !ServiceRules.of(access.service).acceptsBearer {
            return .failure(.unknown)
        }
        return .success(access)
    }

    /// Our own token in `Authorization`; any other credential there is the client's business.
    private static func bearerToken(_ fields: Fields) -> String? {
        for index in fields.indices where fields.name(at: index) == .authorization {
            let isBearer = fields.withValue(at: index) {
                Syntax.hasPrefixIgnoringCase($0, "bearer ")
            }
            guard isBearer else { continue }
            let token = fields.value(at: index).utf8.dropFirst(7).drop { $0 == Syntax.space }
            if token.starts(with: AccessToken.prefix.utf8) { return String(Substring(token)) }
        }
        return nil
    }
}
