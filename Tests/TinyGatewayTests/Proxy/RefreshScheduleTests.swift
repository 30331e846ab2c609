import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: when a token is refreshed") struct RefreshScheduleTests {
    let world = LoginWorld()
    var start: Timestamp { world.now }

    func schedule(seconds: Int64?, age days: Int64 = 0) -> RefreshSchedule {
        RefreshSchedule(
            TokenClaims(world.token(seconds: seconds)),
            lastRefresh: start.earlier(by: days * 86_400_000), at: start)
    }

    func after(_ seconds: Int64) -> Timestamp { start + seconds * 1000 }

    /// Seconds after which a refresh is wanted that nobody waits for.
    func due(_ schedule: RefreshSchedule) -> Int64? {
        guard let due = schedule.due else { return nil }
        #expect(schedule.wants(at: due, isAwaited: false))
        #expect(!schedule.wants(at: due.earlier(by: 1), isAwaited: false))
        return (due.millisecondsSince1970 - start.millisecondsSince1970) / 1000
    }

    @Test func aTenthOfItsLifeAheadOrTenMinutesButNotInItsFirstHalf() {
        #expect(due(schedule(seconds: 100_000)) == 90_000)
        #expect(due(schedule(seconds: 3_600)) == 3_000)
        #expect(due(schedule(seconds: 900)) == 450)
        #expect(due(schedule(seconds: 20)) == 10)
    }

    @Test func aLifeBeginsWhenTheTokenWasIssued() {
        let old = world.token(seconds: 100_000)
        world.pass(seconds: 50_000)
        let schedule = RefreshSchedule(TokenClaims(old), lastRefresh: nil, at: start)
        #expect(due(schedule) == 40_000)
    }

    @Test func eightDaysAfterTheLastRefreshAsCodexDoes() {
        #expect(due(schedule(seconds: 2_000_000)) == 691_200)
        #expect(due(schedule(seconds: 2_000_000, age: 7)) == 86_400)
        #expect(schedule(seconds: 2_000_000, age: 9).wants(at: start, isAwaited: false))
        #expect(due(schedule(seconds: nil)) == 691_200)
    }

    @Test func aTokenThatSaysNothingIsUsedUntilItIsRejected() {
        var schedule = RefreshSchedule(TokenClaims("opaque"), lastRefresh: nil, at: start)
        #expect(schedule.due == nil && schedule.isUsable(at: after(10_000_000)))
        #expect(!schedule.wants(at: after(10_000_000), isAwaited: true))
        let isRejected = schedule.rejected(at: start)
        #expect(isRejected)
        #expect(!schedule.isUsable(at: start) && schedule.wants(at: start, isAwaited: false))
    }

    @Test func anExpiredTokenIsNeverUsable() {
        let schedule = schedule(seconds: 20)
        #expect(schedule.isUsable(at: after(17)))
        #expect(!schedule.isUsable(at: after(18)), "it would expire on its way")
        #expect(!schedule.isUsable(at: after(20)))
        #expect(schedule.wants(at: after(30), isAwaited: true))
    }

    @Test func oneAtATime() {
        var schedule = schedule(seconds: 20)
        schedule.begin()
        #expect(!schedule.wants(at: after(30), isAwaited: true))
        #expect(schedule.nextChance(at: after(30)) == after(30))
    }

    @Test func aSuccessBeginsANewLife() {
        var schedule = schedule(seconds: 20)
        schedule.begin()
        world.pass(seconds: 30)
        schedule.succeeded(TokenClaims(world.token(seconds: 1000)), at: start)
        #expect(schedule.isUsable(at: start) && schedule.fault == nil)
        #expect(due(schedule) == 500)
        #expect(schedule.refreshed == start)
    }

    @Test func failuresWaitLongerAndLonger() {
        var schedule = schedule(seconds: 20)
        var moment = after(100)
        for pause in [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600] as [Int64] {
            schedule.begin()
            schedule.failed(.unreachable, at: moment)
            #expect(!schedule.wants(at: moment + (pause * 1000 - 1), isAwaited: false))
            #expect(schedule.wants(at: moment + pause * 1000, isAwaited: false))
            // A request that waits may try a minute after the last attempt.
            #expect(!schedule.wants(at: moment + 59_999, isAwaited: true))
            #expect(schedule.wants(at: moment + 60_000, isAwaited: true))
            #expect(schedule.nextChance(at: moment) == moment + 60_000)
            #expect(schedule.wants(at: moment.earlier(by: 1), isAwaited: false), "a clock set back")
            moment = moment + pause * 1000
        }
        schedule.begin()
        schedule.succeeded(TokenClaims("opaque"), at: moment)
        schedule.begin()
        schedule.failed(.unreachable, at: moment)
        let isRejected = schedule.rejected(at: moment + 400_000)
        #expect(isRejected)
        #expect(schedule.wants(at: moment + 400_000, isAwaited: false), "a minute again")
    }

    @Test func aRefusalIsFinal() {
        var schedule = schedule(seconds: 1000)
        schedule.begin()
        schedule.failed(.refused(status: 401, code: "refresh_token_expired"), at: start)
        #expect(schedule.isUsable(at: after(500)), "the access token is good still")
        for seconds in [0, 900, 5_000, 50_000_000] as [Int64] {
            #expect(!schedule.wants(at: after(seconds), isAwaited: true))
        }
        #expect(schedule.nextChance(at: after(5_000)) == .maximum)
        let isRejected = schedule.rejected(at: after(100))
        #expect(!isRejected, "there is nothing to wait for")
    }

    /// Silence may mean that the refresh token is spent: while the access token is good, asking
    /// with it again could only do harm.
    @Test func afterSilenceTheTokenIsUsedUpFirst() {
        var schedule = schedule(seconds: 100_000)
        schedule.begin()
        schedule.failed(.unanswered, at: after(90_000))
        #expect(!schedule.wants(at: after(97_000), isAwaited: true))
        #expect(!schedule.wants(at: after(99_997), isAwaited: false))
        #expect(schedule.wants(at: after(99_998), isAwaited: false))
        let isRejected = schedule.rejected(at: after(95_000))
        #expect(isRejected)
        #expect(schedule.wants(at: after(95_000), isAwaited: false), "now it is of no use either")
    }

    @Test func aTokenThatComesExpiredIsAFailure() {
        var schedule = schedule(seconds: 20)
        schedule.begin()
        schedule.succeeded(TokenClaims(world.token(seconds: 1)), at: after(100))
        #expect(schedule.fault == .expired && !schedule.isUsable(at: after(100)))
        #expect(!schedule.wants(at: after(159), isAwaited: true))
        #expect(schedule.wants(at: after(160), isAwaited: true))
    }

    @Test func aNewTokenIsNotRefreshedForA401() {
        var schedule = schedule(seconds: 100_000)
        schedule.begin()
        schedule.succeeded(TokenClaims(world.token(seconds: 100_000)), at: start)
        let isLate = schedule.rejected(at: after(1))
        #expect(!isLate, "a late answer to the token before it")
        let isStillNew = schedule.rejected(at: after(299))
        #expect(!isStillNew)
        #expect(schedule.isUsable(at: after(299)))
        let isOldEnough = schedule.rejected(at: after(300))
        #expect(isOldEnough)
        #expect(!schedule.isUsable(at: after(300)))
    }
}
