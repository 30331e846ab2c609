import Billing

/// When each balance's keepalive is made, and when not. Does nothing itself: it has no clock, no
/// randomness and no connection of its own, and says what `Keepalive` is to do.
///
/// A request is made once its plan is on the disk (see `KeepalivePlan`): so the cap of the day
/// holds whatever crashes, and what was found is written for all balances together.
final class KeepaliveSchedule {
    /// Gives 64 random bits.
    typealias Random = () -> UInt64

    private let terms: KeepaliveTerms
    private let random: Random
    private var entries: [KeepaliveEntry] = []
    private var places: [BalanceID: Int] = [:]
    private var queue = KeepaliveQueue()
    private var pass = 0
    private var underWay = 0
    /// Something is not on the disk yet; a new login, or a balance that waits for it.
    private var isChanged = false
    private var isUrgent = false
    private var lastWrite: Timestamp?

    init(_ terms: KeepaliveTerms, random: @escaping Random) {
        self.terms = terms
        self.random = random
    }

    private func entry(_ balance: BalanceID) -> KeepaliveEntry? {
        places[balance].map { entries[$0] }
    }

    /// The balance's keepalive as it is now; nil when it is not on.
    func record(of balance: BalanceID) -> KeepaliveRecord? {
        entry(balance)?.record
    }

    // MARK: The directory

    /// Takes up what is on the disk: consent that was given or taken back, and plans.
    /// - Returns: whose request is under way without consent. It is to be cancelled.
    func follow(_ records: [AccessRecord], at now: Timestamp) -> [BalanceID] {
        pass += 1
        for record in records {
            guard let keepalive = record.keepalive, keepalive.isOn else { continue }
            let entry = entry(record.balance) ?? open(record.balance, keepalive, at: now)
            entry.pass = pass
            entry.written = keepalive.plan
            enqueue(entry)
        }
        var withdrawn: [BalanceID] = []
        for place in entries.indices.reversed() where entries[place].pass != pass {
            let entry = remove(place)
            if entry.flight != nil { withdrawn.append(entry.balance) }
        }
        underWay -= withdrawn.count
        return withdrawn
    }

    /// The last entry takes the place of one that goes.
    private func remove(_ place: Int) -> KeepaliveEntry {
        let gone = entries[place]
        let last = entries.removeLast()
        if last !== gone {
            entries[place] = last
            places[last.balance] = place
        }
        places.removeValue(forKey: gone.balance)
        gone.queued = nil
        return gone
    }

    /// After a start, or when keepalive was switched on.
    private func open(
        _ balance: BalanceID, _ record: KeepaliveRecord, at now: Timestamp
    ) -> KeepaliveEntry {
        let entry = KeepaliveEntry(balance, record)
        places[balance] = entries.count
        entries.append(entry)
        guard let plan = record.plan else { return entry }
        let isAhead = plan.due > now
        if isAhead && plan.due <= now.adding(days: Self.planDaysMax) {
            entry.setMade(plan.number - 1, on: plan.due.day)
            return entry
        }
        // Perhaps it was made right before a crash.
        if plan.due.day == now.day {
            entry.setMade(isAhead ? plan.number - 1 : plan.number, on: now.day)
        }
        if entry.isActive { self.plan(entry, after: 0, within: terms.interval, at: now) }
        return entry
    }

    /// A plan is at most a day's rest and an interval ahead; beyond that a clock was wrong.
    private static let planDaysMax: Int64 = 3

    // MARK: Logins

    /// Whether it is time to look at a login of this balance again.
    func wants(_ balance: BalanceID, at now: Timestamp) -> Bool {
        guard let entry = entry(balance) else { return false }
        guard let seen = entry.seen, entry.isActive else { return true }
        return now < seen || now >= seen + Limits.ownLoginSeconds * 1000
    }

    /// The upstream has accepted this login.
    func saw(_ balance: BalanceID, _ login: KeepaliveLogin, at now: Timestamp) {
        guard let entry = entry(balance) else { return }
        entry.seen = now
        if let present = entry.login, present.digest == login.digest { return }
        entry.login = login
        entry.isStopped = false
        // It was known of another token, and this one has just been answered.
        entry.last = entry.last?.withoutSpent
        isChanged = true
        isUrgent = true
        let isAhead = entry.plan.map { $0.due > now } ?? false
        if !isAhead && entry.flight == nil && entry.queued == nil && !entry.isWaiting {
            plan(entry, after: 0, within: terms.interval, at: now)
        }
        enqueue(entry)
    }

    // MARK: Requests

    /// What is to be asked now: one request each, `ended` when it is over.
    /// - Parameter isOver: whether the balance's time has run out.
    func begin(at now: Timestamp, isOver: (BalanceID) -> Bool) -> [BalanceID] {
        var begun: [BalanceID] = []
        while underWay < Limits.keepalivesUnderWay, let item = queue.pop(at: now) {
            let entry = item.entry
            // It has gone, or was planned anew.
            guard entry.queued == item.due else { continue }
            entry.queued = nil
            if begin(entry, at: now, isOver: isOver(entry.balance)) {
                underWay += 1
                begun.append(entry.balance)
            }
            enqueue(entry)
        }
        return begun
    }

    /// - Returns: whether a request is made. If not, the entry has another plan, waits for the
    ///   disk, or stops.
    private func begin(_ entry: KeepaliveEntry, at now: Timestamp, isOver: Bool) -> Bool {
        if let reason = Self.reasonToSkip(entry, isOver: isOver, at: now) {
            skip(entry, reason, at: now)
            return false
        }
        let made = entry.made(on: now.day)
        guard entry.plan?.due.day == now.day, made < terms.dailyLimit else {
            plan(entry, after: 0, within: terms.jitter, at: now)
            return false
        }
        guard entry.isWritten(at: now) else {
            entry.isWaiting = true
            isChanged = true
            isUrgent = true
            return false
        }
        entry.setMade(made + 1, on: now.day)
        entry.flight = entry.login
        return true
    }

    private static func reasonToSkip(
        _ entry: KeepaliveEntry, isOver: Bool, at now: Timestamp
    ) -> KeepaliveResult.Skip? {
        if isOver { return .over }
        if let expires = entry.login?.expires, expires <= now { return .expired }
        if let spent = entry.last?.spentUntil, spent > now { return .spent }
        return nil
    }

    private func skip(
        _ entry: KeepaliveEntry, _ reason: KeepaliveResult.Skip, at now: Timestamp
    ) {
        // A balance that rests for weeks is not written every hour.
        if entry.last?.isSkip(reason) != true {
            entry.last = .skipped(reason, at: now, after: entry.last)
            isChanged = true
        }
        if reason == .expired {
            entry.isStopped = true
        } else {
            planNext(entry, at: now)
        }
    }

    /// The request is over. Nothing happens when its balance is not asked about any more.
    func ended(_ balance: BalanceID, _ result: KeepaliveResult, at now: Timestamp) {
        guard let entry = entry(balance), let login = entry.flight else { return }
        underWay -= 1
        entry.flight = nil
        entry.last = result
        // Another login may have come meanwhile.
        if result.isRefusal && entry.login === login { entry.isStopped = true }
        isChanged = true
        planNext(entry, at: now)
        enqueue(entry)
    }

    // MARK: Plans

    private func planNext(_ entry: KeepaliveEntry, at now: Timestamp) {
        plan(entry, after: terms.interval - terms.jitter, within: 2 * terms.jitter, at: now)
    }

    private func plan(
        _ entry: KeepaliveEntry, after delay: Int64, within span: Int64, at now: Timestamp
    ) {
        var due = now + (delay + below(span))
        if entry.made(on: due.day) >= terms.dailyLimit {
            due = due.day.start.adding(days: 1) + below(terms.interval)
        }
        let plan = KeepalivePlan(due: due, number: entry.made(on: due.day) + 1)
        entry.plan = plan
        // An earlier plan of the same day on the disk serves as well.
        if entry.written?.due.day != due.day || entry.written?.number != plan.number {
            isChanged = true
        }
    }

    private func below(_ bound: Int64) -> Int64 {
        Int64(random() % UInt64(max(1, bound)))
    }

    /// Puts it into the queue if there is something to wait for.
    private func enqueue(_ entry: KeepaliveEntry) {
        guard entry.queued == nil, entry.flight == nil, entry.isActive, let plan = entry.plan else {
            return
        }
        // Once the disk has its plan; until then it would be looked at every second.
        if entry.isWaiting && entry.written != plan { return }
        entry.isWaiting = false
        entry.queued = plan.due
        queue.push(KeepaliveQueue.Item(due: plan.due, entry: entry))
    }

    // MARK: The disk

    /// Whether it is time to write what has changed.
    func isWriteDue(at now: Timestamp) -> Bool {
        guard isChanged else { return false }
        guard let lastWrite, lastWrite <= now else { return true }
        let urgent = min(Limits.keepaliveLoginWriteSeconds * 1000, terms.writeInterval)
        return now >= lastWrite + (isUrgent ? urgent : terms.writeInterval)
    }

    /// All that has changed up to now is on its way to the disk.
    func beganWriting(at now: Timestamp) {
        lastWrite = now
        isChanged = false
        isUrgent = false
    }

    /// The disk did not take it.
    func failedToWrite() {
        isChanged = true
    }
}
