import Billing

/// When a login's access token is refreshed and whether it may be shown meanwhile. Moments are
/// arguments; nothing here asks a clock, a file or the network.
struct RefreshSchedule: Equatable {
    /// From then on the access token opens nothing; nil when it does not say.
    private(set) var expires: Timestamp?
    /// When a refresh is due although the token is good still; nil for never.
    private(set) var due: Timestamp?
    /// One at a time: whoever uses a refresh token twice loses the login.
    private(set) var isRunning = false
    /// What the last refresh failed for; nil after a success.
    private(set) var fault: RefreshFault?
    /// When the last refresh brought these tokens.
    private(set) var refreshed: Timestamp?
    /// The upstream answered 401 to the token.
    private(set) var isRejected = false
    private var failures = 0
    private var failedAt: Timestamp?
    /// A refresh was asked for and its outcome is not known: the refresh token may be spent, and
    /// asking with it again may end the login. So not before the access token is of no use.
    private var isDoubtful = false

    /// Of the tokens that a file has.
    /// - Parameter lastRefresh: as the file says it.
    init(_ claims: TokenClaims, lastRefresh: Timestamp?, at now: Timestamp) {
        expires = claims.expires
        let began = claims.issued ?? lastRefresh ?? now
        due = Self.due(claims.expires, began: min(began, now), lastRefresh: lastRefresh)
    }

    private static func due(
        _ expires: Timestamp?, began: Timestamp, lastRefresh: Timestamp?
    ) -> Timestamp? {
        let old = lastRefresh?.adding(days: Int64(Limits.tokenRefreshDays))
        guard let expires else { return old }
        let life = max(0, expires.millisecondsSince1970 - began.millisecondsSince1970)
        let ahead = min(max(seconds(Limits.tokenRefreshAheadSeconds), life / 10), life / 2)
        let early = expires.earlier(by: ahead)
        guard let old else { return early }
        return min(early, old)
    }

    private static func seconds(_ count: Int) -> Int64 { Int64(count) * 1000 }

    /// Whether the token may be sent.
    func isUsable(at now: Timestamp) -> Bool {
        guard !isRejected else { return false }
        guard let expires else { return true }
        return now + Self.seconds(Limits.tokenMarginSeconds) < expires
    }

    /// Whether a refresh should begin now.
    /// - Parameter isAwaited: a request waits for it. After a failure it need not wait for as long
    ///   as one that nobody asked for.
    func wants(at now: Timestamp, isAwaited: Bool) -> Bool {
        if isRunning || fault?.isFinal == true { return false }
        if isUsable(at: now) {
            if isDoubtful { return false }
            guard let due, due <= now else { return false }
        }
        guard let failedAt else { return true }
        let pause = isAwaited ? Self.seconds(Limits.tokenPauseSeconds) : self.pause
        // A clock that was set back does not make anybody wait.
        return now >= failedAt + pause || now < failedAt
    }

    /// One minute, doubling to an hour.
    private var pause: Int64 {
        let doublings = min(max(0, failures - 1), 6)
        return Self.seconds(
            min(Limits.tokenPauseSeconds << doublings, Limits.tokenPauseSecondsMax))
    }

    /// When a token that may not be sent could be replaced at the earliest.
    func nextChance(at now: Timestamp) -> Timestamp {
        if isRunning { return now }
        if fault?.isFinal == true { return .maximum }
        guard let failedAt else { return now }
        return failedAt + Self.seconds(Limits.tokenPauseSeconds)
    }

    mutating func begin() {
        check(!isRunning, "one refresh at a time")
        isRunning = true
    }

    /// It brought an access token.
    mutating func succeeded(_ claims: TokenClaims, at now: Timestamp) {
        isRunning = false
        isRejected = false
        isDoubtful = false
        refreshed = now
        expires = claims.expires
        // What is left of its life counts from now: a clock that is wrong by hours would refresh
        // without end.
        due = Self.due(expires, began: now, lastRefresh: now)
        fault = nil
        failures = 0
        failedAt = nil
        if !isUsable(at: now) { failed(.expired, at: now) }
    }

    mutating func failed(_ fault: RefreshFault, at now: Timestamp) {
        isRunning = false
        self.fault = fault
        failures += 1
        failedAt = now
        if fault.isDoubtful { isDoubtful = true }
    }

    /// The upstream answered 401.
    /// - Returns: whether a refresh may help: then the token is not sent until it has succeeded.
    mutating func rejected(at now: Timestamp) -> Bool {
        if fault?.isFinal == true { return false }
        if let refreshed,
            refreshed <= now, now < refreshed + Self.seconds(Limits.credentialRestSeconds)
        {
            // It is new. Requests sent with the one before it are answered late, and an account
            // that is closed refuses every token.
            return false
        }
        isRejected = true
        return true
    }
}
