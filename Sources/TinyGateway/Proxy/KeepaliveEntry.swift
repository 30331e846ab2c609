import Billing

/// Where the keepalive of one balance stands.
struct KeepaliveEntry {
    /// As it is now; the directory has it a little later.
    var record: KeepaliveRecord
    /// The plan that is on the disk.
    var written: KeepalivePlan?
    /// The day, in UTC, of the last request, and how many there were on it.
    var day: CivilDay?
    var made = 0
    /// When a login was last seen.
    var seen: Timestamp?
    /// What the request under way was made with.
    var flight: KeepaliveLogin?
    /// It stands in the queue with its plan's time.
    var isQueued = false
    /// It is due, and its plan is not on the disk yet.
    var isWaiting = false
    /// The pass over the directory that found it last.
    var pass = 0

    init(_ record: KeepaliveRecord) {
        self.record = record
        written = record.plan
    }

    /// How many were made on that day.
    func made(on day: CivilDay) -> Int {
        self.day == day ? made : 0
    }

    /// Whether a crash right after a request at `now` could not forget it.
    func isWritten(at now: Timestamp) -> Bool {
        guard let written else { return false }
        return written.due <= now && written.due.day == now.day
            && written.number > made(on: now.day)
    }
}
