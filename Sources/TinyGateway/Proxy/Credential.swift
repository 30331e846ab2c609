import Billing

/// One of the operator's credentials: where it opens the door and how.
final class Credential {
    /// How the operator names it, `env:OPENAI_API_KEY`: for `status` and alarms.
    let name: String
    /// The upstream that it opens.
    let pool: UpstreamPool
    /// Its part in the choice for a thread. It follows from the name, so a restart moves nobody.
    let hash: UInt64
    /// Behind a Codex `auth.json`; nil for an API key.
    let login: ManagedLogin?
    private let key: String
    private(set) var rest: CredentialRest?
    private var successes: Int64 = 0
    private var lastSuccess: Timestamp?

    /// An API key.
    init(name: String, pool: UpstreamPool, key: String) {
        self.name = name
        self.pool = pool
        hash = CredentialChoice.hash(name)
        self.key = "Bearer " + key
        login = nil
    }

    init(name: String, pool: UpstreamPool, login: ManagedLogin) {
        self.name = name
        self.pool = pool
        hash = CredentialChoice.hash(name)
        key = ""
        self.login = login
    }

    /// The value of `Authorization`, a secret: never logged, never sent anywhere but upstream.
    var authorization: String { login?.authorization ?? key }

    /// The account that an access token belongs to; nil for an API key.
    var accountID: String? { login?.accountID }

    /// Until when others are asked first; nil when they are not.
    func restEnd(at now: Timestamp) -> Timestamp? {
        if let end = login?.restEnd(at: now) { return end }
        guard let rest, !rest.isOver(at: now) else { return nil }
        return rest.until
    }

    func succeeded(at now: Timestamp) {
        rest = nil
        successes += 1
        lastSuccess = now
    }

    func refused(_ refusal: CredentialRefusal, resetsAt: Int64?, at now: Timestamp) {
        // A login whose tokens are being renewed rests until they are there.
        if refusal == .unauthorized, login?.rejected() == true { return }
        rest = CredentialRest(refusal, resetsAt: resetsAt, at: now)
    }

    /// Its row in `status`, without its name.
    func text(at now: Timestamp) -> String {
        var text = state(at: now)
        if let login {
            if let expires = login.schedule.expires { text += ", token until \(expires.text)" }
            if login.isOnlyInMemory { text += ", new tokens not written yet" }
            if let fault = login.schedule.fault { text += ", not refreshed: \(fault.text)" }
        }
        text += ", \(successes) answers"
        if let lastSuccess { text += ", last \(lastSuccess.text)" }
        return text
    }

    private func state(at now: Timestamp) -> String {
        if let login, !login.schedule.isUsable(at: now) {
            if login.schedule.isRunning { return "refreshing" }
            return login.schedule.isRejected ? "rests (status 401)" : "expired"
        }
        guard let rest, !rest.isOver(at: now) else { return "ready" }
        return "rests until \(rest.until.text) (\(rest.refusal.text))"
    }
}
