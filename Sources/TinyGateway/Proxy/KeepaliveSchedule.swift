import Billing

/// When each balance's keepalive is made, and when not. Does nothing itself: it has no clock, no
/// randomness and no connection of its own, and says what `Keepalive` is to do.
///
/// A request is made once its plan is on the disk (see `KeepalivePlan`): so the cap of the day
/// holds whatever crashes, and what was found is written for all balances together.
struct KeepaliveSchedule {
    /// Gives 64 random bits.
    typealias Random = () -> UInt64

    private let terms: KeepaliveTerms
    private var entries: [BalanceID: KeepaliveEntry] = [:]
    private var queue = KeepaliveQueue()
    private var pass = 0
    private var underWay = 0
    /// Something is not on the disk yet; a new login, or a balance that waits for it.
    private var isChanged = false
    private var isUrgent = false
    private var lastWrite: Timestamp?

    init(_ terms: KeepaliveTerms) {
        self.terms = terms
    }

    var count: Int { entries.count }

    /// The balance's keepalive as it is now; nil when it is not on.
    func record(of balance: BalanceID) -> KeepaliveRecord? {
        entries[balance]?.record
    }

    // MARK: The directory

    /// Takes up what is on the disk: consent that was given or taken back, and plans.
    /// - Returns: whose request is under way without consent. It is to be cancelled.
    mutating func follow(
        _ records: [AccessRecord], at now: Timestamp, _ random: Random
    ) -> [BalanceID] {
        pass += 1
        for record in records {
            guard let keepalive = record.keepalive, keepalive.isOn else { continue }
            var entry: KeepaliveEntry
            if let known = entries[record.balance] {
                entry = known
            } else {
                entry = opened(keepalive, at: now, random)
            }
            entry.pass = pass
            entry.written = keepalive.plan
            enqueue(&entry, record.balance)
            entries[record.balance] = entry
        }
        var withdrawn: [BalanceID] = []
        var gone: [BalanceID] = []
        for (balance, entry) in entries where entry.pass != pass {
            gone.append(balance)
            if entry.flight != nil { withdrawn.append(balance) }
        }
        for balance in gone { entries.removeValue(forKey: balance) }
        underWay -= withdrawn.count
        return withdrawn
    }

    /// After a start, or when keepalive was switched on.
    private mutating func opened(
        _ record: KeepaliveRecord, at now: Timestamp, _ random: Random
    ) -> KeepaliveEntry {
        var entry = KeepaliveEntry(record)
        guard let plan = record.plan else { return entry }
        let isAhead = plan.due > now
        if isAhead && plan.due <= now.adding(days: Self.planDaysMax) {
            entry.day = plan.due.day
            entry.made = plan.number - 1
            return entry
        }
        // Perhaps it was made right before a crash.
        if plan.due.day == now.day {
            entry.day = now.day
            entry.made = isAhead ? plan.number - 1 : plan.number
        }
        if record.isActive { self.plan(&entry, after: 0, within: terms.interval, at: now, random) }
        return entry
    }

    /// A plan is at most a day's rest and an interval ahead; beyond that a clock was wrong.
    private static let planDaysMax: Int64 = 3

    // MARK: Logins

    /// Whether it is time to look at a login of this balance again.
    func wants(_ balance: BalanceID, at now: Timestamp) -> Bool {
        guard let entry = entries[balance] else { return false }
        guard let seen = entry.seen, entry.record.isActive else { return true }
        return now < seen || now >= seen + Limits.ownLoginSeconds * 1000
    }

    /// The upstream has accepted this login.
    mutating func saw(
        _ balance: BalanceID, _ login: KeepaliveLogin, at now: Timestamp, _ random: Random
    ) {
        guard var entry = entries[balance] else { return }
        entry.seen = now
        if entry.record.login?.digest != login.digest {
            entry.record.login = login
            entry.record.isStopped = false
            // It was known of another token, and this one has just been answered.
            entry.record.last?.spentUntil = nil
            isChanged = true
            isUrgent = true
            let isPlanned = entry.record.plan.map { $0.due > now } ?? false
            if !isPlanned && entry.flight == nil && !entry.isQueued && !entry.isWaiting {
                plan(&entry, after: 0, within: terms.interval, at: now, random)
            }
            enqueue(&entry, balance)
        }
        entries[balance] = entry
    }

    // MARK: Requests

    /// What is to be asked now: one request each, `ended` when it is over.
    /// - Parameter isOver: whether the balance's time has run out.
    mutating func begin(
        at now: Timestamp, isOver: (BalanceID) -> Bool, _ random: Random
    ) -> [BalanceID] {
        var begun: [BalanceID] = []
        while underWay < Limits.keepalivesUnderWay, let item = queue.pop(at: now) {
            guard var entry = entries[item.balance], entry.isQueued,
                entry.record.plan?.due == item.due
            else { continue }
            entry.isQueued = false
            if begin(&entry, at: now, isOver: isOver(item.balance), random) {
                underWay += 1
                begun.append(item.balance)
            }
            enqueue(&entry, item.balance)
            entries[item.balance] = entry
        }
        return begun
    }

    /// - Returns: whether a request is made. If not, the entry has another plan, waits for the
    ///   disk, or stops.
    private mutating func begin(
        _ entry: inout KeepaliveEntry, at now: Timestamp, isOver: Bool, _ random: Random
    ) -> Bool {
        guard let login = entry.record.login, let due = entry.record.plan?.due else { return false }
        if let reason = Self.reasonToSkip(entry.record, isOver: isOver, at: now) {
            skip(&entry, reason, at: now, random)
            return false
        }
        let isOfToday = due.day == now.day
        guard isOfToday, entry.made(on: now.day) < terms.dailyLimit else {
            plan(&entry, after: 0, within: terms.jitter, at: now, random)
            return false
        }
        guard entry.isWritten(at: now) else {
            entry.isWaiting = true
            isChanged = true
            isUrgent = true
            return false
        }
        entry.made = entry.made(on: now.day) + 1
        entry.day = now.day
        entry.flight = login
        return true
    }

    private static func reasonToSkip(
        _ record: KeepaliveRecord, isOver: Bool, at now: Timestamp
    ) -> KeepaliveResult.Skip? {
        if isOver { return .over }
        if let expires = record.login?.expires, expires <= now { return .expired }
        if let spent = record.last?.spentUntil, spent > now { return .spent }
        return nil
    }

    private mutating func skip(
        _ entry: inout KeepaliveEntry, _ reason: KeepaliveResult.Skip, at now: Timestamp,
        _ random: Random
    ) {
        // A balance that rests for weeks is not written every hour.
        if entry.record.last?.outcome != .skipped(reason) {
            let last = entry.record.last
            entry.record.last = KeepaliveResult(
                at: now, outcome: .skipped(reason), primary: last?.primary,
                secondary: last?.secondary, spentUntil: last?.spentUntil)
            isChanged = true
        }
        if reason == .expired {
            entry.record.isStopped = true
        } else {
            planNext(&entry, at: now, random)
        }
    }

    /// The request is over. Nothing happens when its balance is not asked about any more.
    mutating func ended(
        _ balance: BalanceID, _ result: KeepaliveResult, at now: Timestamp, _ random: Random
    ) {
        guard var entry = entries[balance], let login = entry.flight else { return }
        underWay -= 1
        entry.flight = nil
        entry.record.last = result
        // Another login may have come meanwhile.
        if result.isRefusal && entry.record.login == login { entry.record.isStopped = true }
        isChanged = true
        planNext(&entry, at: now, random)
        enqueue(&entry, balance)
        entries[balance] = entry
    }

    // MARK: Plans

    private mutating func planNext(
        _ entry: inout KeepaliveEntry, at now: Timestamp, _ random: Random
    ) {
        plan(
            &entry, after: terms.interval - terms.jitter, within: 2 * terms.jitter, at: now,
            random)
    }

    private mutating func plan(
        _ entry: inout KeepaliveEntry, after delay: Int64, within span: Int64, at now: Timestamp,
        _ random: Random
    ) {
        var due = now + (delay + Self.below(span, random))
        if entry.made(on: due.day) >= terms.dailyLimit {
            due = due.day.start.adding(days: 1) + Self.below(terms.interval, random)
        }
        let plan = KeepalivePlan(due: due, number: entry.made(on: due.day) + 1)
        // An earlier plan of the same day on the disk serves as well.
        if entry.written?.due.day != due.day || entry.written?.number != plan.number {
            isChanged = true
        }
        entry.record.plan = plan
    }

    private static func below(_ bound: Int64, _ random: Random) -> Int64 {
        Int64(random() % UInt64(max(1, bound)))
    }

    /// Puts it into the queue if there is something to wait for.
    private mutating func enqueue(_ entry: inout KeepaliveEntry, _ balance: BalanceID) {
        guard !entry.isQueued, entry.flight == nil, entry.record.isActive,
            let plan = entry.record.plan
        else { return }
        // Once the disk has its plan; until then it would be looked at every second.
        if entry.isWaiting && entry.written != plan { return }
        entry.isWaiting = false
        entry.isQueued = true
        queue.push(KeepaliveQueue.Item(due: plan.due, balance: balance))
    }

    // MARK: The disk

    /// Whether it is time to write what has changed.
    func isWriteDue(at now: Timestamp) -> Bool {
        guard isChanged else { return false }
        guard let lastWrite, lastWrite <= now else { return true }
        let wait =
            isUrgent
            ? min(Limits.keepaliveLoginWriteSeconds * 1000, terms.writeInterval)
            : terms.writeInterval
        return now >= lastWrite + wait
    }

    /// All that has changed up to now is on its way to the disk.
    mutating func beganWriting(at now: Timestamp) {
        lastWrite = now
        isChanged = false
        isUrgent = false
    }

    /// The disk did not take it.
    mutating func failedToWrite() {
        isChanged = true
    }
}
