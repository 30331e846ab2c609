/// One of the operator's credentials: where it opens the door and how.
final class Credential {
    /// How the operator names it, `env:OPENAI_API_KEY`: for `status` and alarms.
    let name: String
    /// The upstream that it opens.
    let pool: UpstreamPool
    /// The value of `Authorization`, a secret: never logged, never sent anywhere but upstream.
    private(set) var authorization: String
    /// The account that an access token belongs to; nil for an API key.
    private(set) var accountID: String?

    init(name: String, pool: UpstreamPool, authorization: String, accountID: String? = nil) {
        self.name = name
        self.pool = pool
        self.authorization = authorization
        self.accountID = accountID
    }
}
