import Billing
import Testing

@testable import TinyGateway

/// One balance, step by step. Randomness is always 0: the first request is due at once, each
/// further one after nine tenths of an interval.
@Suite("Proxy: when a keepalive is made") struct KeepaliveScheduleTests {
    static let start = Timestamp("2026-11-22T10:00:00.000Z")!
    static let balance = BalanceID("b_1")!
    static let minute: Int64 = 60_000
    static let terms = KeepaliveTerms(intervalMinutes: 60, dailyLimit: 24)

    static func login(_ number: UInt8, expires: Timestamp? = nil) -> KeepaliveLogin {
        KeepaliveLogin(
            sealed: "", digest: SHA256.digest(of: [number]), expires: expires)
    }

    /// A schedule with its disk, which takes everything at once.
    final class Bench {
        let schedule: KeepaliveSchedule
        var kept: KeepaliveRecord?
        var now = KeepaliveScheduleTests.start
        var isOver = false

        init(_ kept: KeepaliveRecord? = KeepaliveRecord(), terms: KeepaliveTerms = terms) {
            schedule = KeepaliveSchedule(terms) { 0 }
            self.kept = kept
            follow()
        }

        @discardableResult
        func follow() -> [BalanceID] {
            let record = AccessRecord(
                balance: balance, account: AccountID("a_1")!, service: .link, provider: "p",
                digest: SHA256.digest(of: [0]), issued: now, keepalive: kept)
            return schedule.follow([record], at: now)
        }

        func write() {
            schedule.beganWriting(at: now)
            kept = schedule.record(of: balance)
            follow()
        }

        func saw(_ login: KeepaliveLogin) {
            schedule.saw(balance, login, at: now)
        }

        /// Whether a request is made now, after so many minutes.
        func begins(after minutes: Int64 = 0) -> Bool {
            now = now + minutes * minute
            let isOver = self.isOver
            return schedule.begin(at: now, isOver: { _ in isOver }) == [balance]
        }

        func ended(_ outcome: KeepaliveResult.Outcome, spent: Timestamp? = nil) {
            let result = KeepaliveResult(at: now, outcome: outcome, spentUntil: spent)
            schedule.ended(balance, result, at: now)
        }

        var record: KeepaliveRecord? { schedule.record(of: balance) }
        var wants: Bool { schedule.wants(balance, at: now) }
    }

    @Test func consentThenALoginThenTheDisk() {
        let bench = Bench()
        #expect(bench.wants)
        #expect(!bench.begins())
        bench.saw(Self.login(1))
        #expect(!bench.wants)
        #expect(bench.schedule.isWriteDue(at: bench.now))
        #expect(!bench.begins(), "the plan is not on the disk")
        bench.write()
        #expect(bench.kept?.plan == KeepalivePlan(due: Self.start, number: 1))
        #expect(bench.begins())
        #expect(!bench.begins(), "one attempt each")
        bench.ended(.answered(200))
        let next = KeepalivePlan(due: Self.start + 54 * Self.minute, number: 2)
        #expect(bench.record?.plan == next)
        #expect(bench.record?.last == KeepaliveResult(at: Self.start, outcome: .answered(200)))
        bench.write()
        #expect(!bench.begins(after: 53))
        #expect(bench.begins(after: 1))
    }

    @Test func withoutConsentNothingIsWanted() {
        let bench = Bench(nil)
        #expect(!bench.wants && bench.record == nil)
        let off = Bench(KeepaliveRecord(isOn: false))
        #expect(!off.wants && off.record == nil)
    }

    @Test func aLoginIsTakenEveryQuarterOfAnHour() {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.now = bench.now + (15 * Self.minute - 1)
        #expect(!bench.wants)
        bench.now = bench.now + 1
        #expect(bench.wants)
        bench.write()
        bench.saw(Self.login(1))
        #expect(!bench.schedule.isWriteDue(at: bench.now.adding(days: 1)), "nothing is new")
        bench.saw(Self.login(2))
        #expect(bench.schedule.isWriteDue(at: bench.now + Self.minute))
    }

    @Test(arguments: [401, 403]) func aRefusedLoginIsNotTriedAgain(status: Int) {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.write()
        #expect(bench.begins())
        bench.ended(.answered(status))
        #expect(bench.record?.isStopped == true)
        bench.write()
        #expect(!bench.begins(after: 24 * 60))
        #expect(bench.wants)
        bench.saw(Self.login(1))
        #expect(bench.record?.isStopped == true, "the same again is no news")
        bench.saw(Self.login(2))
        bench.write()
        #expect(bench.begins())
    }

    @Test func aRefusalIsOfTheLoginThatWasSent() {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.write()
        #expect(bench.begins())
        bench.now = bench.now + 16 * Self.minute
        bench.saw(Self.login(2))
        bench.ended(.answered(401))
        #expect(bench.record?.isStopped == false)
        bench.write()
        #expect(bench.begins(after: 54))
    }

    @Test(arguments: [200, 400, 404, 429, 500, 503]) func otherAnswersChangeNothing(status: Int) {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.write()
        #expect(bench.begins())
        bench.ended(.answered(status))
        bench.write()
        #expect(bench.begins(after: 54))
    }

    @Test func anExpiredLoginIsNotTried() {
        let bench = Bench()
        bench.saw(Self.login(1, expires: Self.start + 54 * Self.minute))
        bench.write()
        #expect(bench.begins())
        bench.ended(.answered(200))
        bench.write()
        #expect(!bench.begins(after: 54))
        #expect(bench.record?.last?.outcome == .skipped(.expired))
        #expect(bench.record?.isStopped == true && bench.wants)
    }

    @Test func aSpentWindowIsWaitedFor() {
        let bench = Bench()
        let window = KeepaliveResult.Window(usedPercent: 100, resets: nil)
        bench.saw(Self.login(1))
        bench.write()
        #expect(bench.begins())
        let result = KeepaliveResult(
            at: bench.now, outcome: .answered(429), primary: window,
            spentUntil: Self.start + 100 * Self.minute)
        bench.schedule.ended(Self.balance, result, at: bench.now)
        bench.write()
        #expect(!bench.begins(after: 54))
        #expect(bench.record?.last?.outcome == .skipped(.spent))
        #expect(bench.record?.last?.primary == window, "what is known stays known")
        bench.write()
        #expect(bench.begins(after: 54))
    }

    @Test func anotherLoginEndsWhatIsKnownOfTheWindow() {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.write()
        #expect(bench.begins())
        bench.ended(.answered(429), spent: Self.start.adding(days: 7))
        bench.saw(Self.login(2))
        bench.write()
        #expect(bench.begins(after: 54))
    }

    @Test func nothingIsAskedForABalanceThatIsOver() {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.write()
        bench.isOver = true
        #expect(!bench.begins())
        #expect(bench.record?.last == KeepaliveResult(at: Self.start, outcome: .skipped(.over)))
        bench.write()
        #expect(!bench.begins(after: 54))
        #expect(bench.record?.last?.at == Self.start, "a rest of weeks is written once")
        #expect(!bench.schedule.isWriteDue(at: bench.now + 20 * Self.minute))
        bench.isOver = false
        #expect(bench.begins(after: 54))
    }

    @Test func aDayHasItsLimit() {
        let bench = Bench(terms: KeepaliveTerms(intervalMinutes: 60, dailyLimit: 2))
        bench.saw(Self.login(1))
        bench.write()
        for _ in 0..<2 {
            #expect(bench.begins())
            bench.ended(.answered(200))
            bench.write()
            bench.now = bench.now + 54 * Self.minute
        }
        #expect(!bench.begins())
        let midnight = Timestamp("2026-11-23T00:00:00.000Z")!
        #expect(bench.record?.plan == KeepalivePlan(due: midnight, number: 1))
        bench.now = midnight
        #expect(bench.begins())
    }

    @Test func switchingOffAndOnIsNoWayAroundTheLimit() {
        let bench = Bench(terms: KeepaliveTerms(intervalMinutes: 60, dailyLimit: 2))
        for number in 1...4 {
            bench.saw(Self.login(UInt8(number)))
            bench.write()
            let begins = bench.begins()
            #expect(begins == (number <= 2), "\(number)")
            if begins { bench.ended(.answered(200)) }
            bench.kept = .switched(false, from: bench.kept)
            #expect(bench.follow() == [])
            #expect(bench.record == nil && bench.kept?.login == nil && bench.kept?.last == nil)
            bench.kept = .switched(true, from: bench.kept)
            bench.follow()
        }
    }

    @Test func takingConsentBackEndsWhatIsUnderWay() {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.write()
        #expect(bench.begins())
        bench.kept = nil
        #expect(bench.follow() == [Self.balance])
        bench.ended(.answered(200))
        #expect(bench.record == nil)
        #expect(!bench.begins(after: 60))
    }

    @Test func aPlanThatHasPassedCountsAsMade() {
        let plan = KeepalivePlan(due: Self.start + -Self.minute, number: 24)
        var bench = Bench(KeepaliveRecord(login: Self.login(1), plan: plan))
        let midnight = Timestamp("2026-11-23T00:00:00.000Z")!
        #expect(bench.record?.plan == KeepalivePlan(due: midnight, number: 1))
        #expect(!bench.begins())
        let yesterday = KeepalivePlan(due: Self.start.adding(days: -1), number: 24)
        bench = Bench(KeepaliveRecord(login: Self.login(1), plan: yesterday))
        #expect(bench.record?.plan == KeepalivePlan(due: Self.start, number: 1))
    }

    @Test func aPlanAheadStands() {
        let plan = KeepalivePlan(due: Self.start + 10 * Self.minute, number: 5)
        var bench = Bench(KeepaliveRecord(login: Self.login(1), plan: plan))
        #expect(!bench.begins(after: 9))
        #expect(bench.begins(after: 1))
        bench.ended(.unanswered)
        #expect(bench.record?.plan?.number == 6)
        // A clock that was wrong must not end it for years.
        let far = KeepalivePlan(due: Self.start.adding(days: 400), number: 5)
        bench = Bench(KeepaliveRecord(login: Self.login(1), plan: far))
        #expect(bench.record?.plan == KeepalivePlan(due: Self.start, number: 1))
    }

    @Test func aDueTimeOfYesterdayIsPlannedAnew() {
        let bench = Bench()
        bench.now = Timestamp("2026-11-22T23:59:59.000Z")!
        bench.saw(Self.login(1))
        bench.write()
        #expect(!bench.begins(after: 1))
        #expect(bench.record?.plan == KeepalivePlan(due: bench.now, number: 1))
        #expect(!bench.begins(), "not before that is on the disk")
        bench.write()
        #expect(bench.begins())
    }

    @Test func aDiskThatRefusesIsAskedAgainLater() {
        let bench = Bench()
        bench.saw(Self.login(1))
        bench.schedule.beganWriting(at: bench.now)
        bench.schedule.failedToWrite()
        #expect(!bench.schedule.isWriteDue(at: bench.now))
        #expect(bench.schedule.isWriteDue(at: bench.now + 15 * Self.minute))
        #expect(!bench.begins())
        bench.write()
        #expect(bench.begins())
    }

    @Test func onlyAFewAtOnce() {
        let schedule = KeepaliveSchedule(Self.terms) { 0 }
        let plan = KeepalivePlan(due: Self.start, number: 1)
        let records = (0..<50).map { index in
            AccessRecord(
                balance: BalanceID("b_\(index)")!, account: AccountID("a_1")!, service: .boost,
                provider: "p", digest: SHA256.digest(of: [0]), issued: Self.start,
                keepalive: KeepaliveRecord(login: Self.login(1), plan: plan))
        }
        let before = Self.start + -Self.minute
        let withdrawn = schedule.follow(records, at: before)
        #expect(withdrawn == [])
        var asked: Set<BalanceID> = []
        for _ in 0..<7 {
            let begun = schedule.begin(at: Self.start, isOver: { _ in false })
            #expect(begun.count <= Limits.keepalivesUnderWay)
            let more = schedule.begin(at: Self.start, isOver: { _ in false })
            #expect(more == [])
            asked.formUnion(begun)
            for balance in begun {
                let result = KeepaliveResult(at: Self.start, outcome: .unanswered)
                schedule.ended(balance, result, at: Self.start)
            }
        }
        #expect(asked.count == 50)
    }

    @Test func theQueueIsInOrder() {
        let entry = KeepaliveEntry(Self.balance, KeepaliveRecord())
        var queue = KeepaliveQueue()
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let due = Self.start + Int64.random(in: 0..<100, using: &generator)
            queue.push(KeepaliveQueue.Item(due: due, entry: entry))
        }
        let early = queue.pop(at: Self.start + -1)
        #expect(early == nil)
        var last = Self.start
        var count = 0
        while let item = queue.pop(at: Self.start + 100) {
            #expect(item.due >= last)
            last = item.due
            count += 1
        }
        #expect(count == 500 && queue.count == 0)
    }
}
