/// How often keepalives are made. Times in milliseconds.
struct KeepaliveTerms: Sendable {
    let interval: Int64
    /// Requests a balance and day (UTC).
    let dailyLimit: Int

    init(intervalMinutes: Int, dailyLimit: Int) {
        precondition(intervalMinutes > 0 && dailyLimit > 0, "keepalive is on")
        interval = Int64(intervalMinutes) * 60_000
        self.dailyLimit = dailyLimit
    }

    /// An interval is up to so much shorter or longer, so that balances drift apart.
    var jitter: Int64 { interval / 10 }

    /// Between two writings of what was found. Less than an interval: the next request waits for
    /// it.
    var writeInterval: Int64 { min(Limits.keepaliveWriteSeconds * 1000, interval / 4) }
}
