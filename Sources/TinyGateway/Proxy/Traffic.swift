import Billing

/// How much each balance is doing: running streams, and requests in the present minute.
final class Traffic {
    private struct Activity {
        var streams = 0
        var minute: Int64 = 0
        var requests = 0
    }

    private var activities: [BalanceID: Activity] = [:]
    private let limits: Limits
    private var cleanedMinute: Int64 = 0

    init(limits: Limits) {
        self.limits = limits
    }

    /// Counts one more request and stream, unless that would be too many.
    func begin(_ balance: BalanceID, at now: Timestamp) -> Bool {
        let minute = now.millisecondsSince1970 / 60_000
        clean(minute)
        var activity = activities[balance] ?? Activity()
        if activity.minute != minute {
            activity.minute = minute
            activity.requests = 0
        }
        guard activity.streams < limits.streamsPerBalance,
            activity.requests < limits.requestsPerMinute
        else { return false }
        activity.streams += 1
        activity.requests += 1
        activities[balance] = activity
        return true
    }

    func end(_ balance: BalanceID) {
        activities[balance]?.streams -= 1
    }

    func streams(of balance: BalanceID) -> Int {
        activities[balance]?.streams ?? 0
    }

    /// Once a minute forgets the balances that do nothing, so that memory follows activity.
    private func clean(_ minute: Int64) {
        guard minute != cleanedMinute else { return }
        cleanedMinute = minute
        activities = activities.filter { $0.value.streams > 0 }
    }
}
