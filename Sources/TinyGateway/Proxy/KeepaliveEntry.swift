import Billing

/// Where the keepalive of one balance stands.
final class KeepaliveEntry {
    let balance: BalanceID
    var login: KeepaliveLogin?
    /// The login is of no more use.
    var isStopped: Bool
    var plan: KeepalivePlan?
    var last: KeepaliveResult?
    /// The plan that is on the disk.
    var written: KeepalivePlan?
    /// The day, in UTC, of the last request, and how many there were on it.
    var day: CivilDay?
    private var madeOnDay = 0
    /// When a login was last seen.
    var seen: Timestamp?
    /// What the request under way was made with.
    var flight: KeepaliveLogin?
    /// When the queue has it, nil when it does not.
    var queued: Timestamp?
    /// It is due, and its plan is not on the disk yet.
    var isWaiting = false
    /// The pass over the directory that found it last.
    var pass = 0

    /// As the directory has it.
    init(_ balance: BalanceID, _ record: KeepaliveRecord) {
        self.balance = balance
        login = record.login
        isStopped = record.isStopped
        plan = record.plan
        last = record.last
        written = record.plan
    }

    /// As the directory is to have it.
    var record: KeepaliveRecord {
        KeepaliveRecord(login: login, isStopped: isStopped, plan: plan, last: last)
    }

    var isActive: Bool { login != nil && !isStopped }

    /// How many were made on that day.
    func made(on day: CivilDay) -> Int {
        self.day == day ? madeOnDay : 0
    }

    func setMade(_ count: Int, on day: CivilDay) {
        self.day = day
        madeOnDay = count
    }

    /// Whether a crash right after a request at `now` could not forget it.
    func isWritten(at now: Timestamp) -> Bool {
        guard let written else { return false }
        return written.due <= now && written.due.day == now.day
            && written.number > made(on: now.day)
    }
}
