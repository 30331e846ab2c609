import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: traffic of a balance") struct TrafficTests {
    static let one = BalanceID("b_one")!
    static let two = BalanceID("b_two")!

    static func traffic(streams: Int = 2, requests: Int = 3) -> Traffic {
        var limits = Limits()
        limits.streamsPerBalance = streams
        limits.requestsPerMinute = requests
        return Traffic(limits: limits)
    }

    static func second(_ second: Int64) -> Timestamp {
        Timestamp(millisecondsSince1970: 1_795_000_040_000 + second * 1000)
    }

    @Test func streamsAtOnceAreCounted() {
        let traffic = Self.traffic(requests: 100)
        #expect(traffic.begin(Self.one, at: Self.second(0)))
        #expect(traffic.begin(Self.one, at: Self.second(0)))
        #expect(!traffic.begin(Self.one, at: Self.second(0)))
        #expect(traffic.streams(of: Self.one) == 2)
        // Another balance has its own.
        #expect(traffic.begin(Self.two, at: Self.second(0)))
        traffic.end(Self.one)
        #expect(traffic.streams(of: Self.one) == 1)
        #expect(traffic.begin(Self.one, at: Self.second(0)))
    }

    @Test func requestsInAMinuteAreCounted() {
        let traffic = Self.traffic(streams: 100)
        var outcomes: [Bool] = []
        for second in [0, 1, 2, 3, 39, 40, 41] as [Int64] {
            let isAdmitted = traffic.begin(Self.one, at: Self.second(second))
            if isAdmitted { traffic.end(Self.one) }
            outcomes.append(isAdmitted)
        }
        // The next minute begins 40 s after the first request.
        #expect(outcomes == [true, true, true, false, false, true, true])
    }

    @Test func runningStreamsOutliveTheMinute() {
        let traffic = Self.traffic(requests: 100)
        #expect(traffic.begin(Self.one, at: Self.second(0)))
        #expect(traffic.begin(Self.one, at: Self.second(0)))
        #expect(!traffic.begin(Self.one, at: Self.second(600)))
        #expect(traffic.streams(of: Self.one) == 2)
    }

    @Test func aBalanceThatIsNotKnownHasNoStreams() {
        let traffic = Self.traffic()
        traffic.end(Self.one)
        #expect(traffic.streams(of: Self.one) == 0)
    }
}
