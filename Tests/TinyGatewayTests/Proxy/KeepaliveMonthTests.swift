import Billing
import Foundation
import Testing

@testable import TinyGateway

/// SIMULATION_SEEDS=1 and more for the long count: thousands of customers for a month.
@Suite("Proxy: a month of keepalives") struct KeepaliveMonthTests {
    static let isLong = ProcessInfo.processInfo.environment["SIMULATION_SEEDS"] != nil
    static let terms = KeepaliveTerms(intervalMinutes: 60, dailyLimit: 24)

    /// Tokens expire and are refused, windows are spent, passes end, consent comes and goes, disks
    /// refuse and processes die: nobody is asked who must not be, nor too often.
    @Test(arguments: [1, 2] as [UInt64]) func nobodyIsAskedWhoMustNotBe(seed: UInt64) throws {
        var world = try KeepaliveWorld(
            customers: Self.isLong ? 2_000 : 200, plain: 20, terms: Self.terms, seed: seed,
            isRough: true)
        world.run(days: 31)
        #expect(world.faults == [], "seed \(seed)")
        #expect(world.restarts > 5 && world.requests > 10_000, "seed \(seed): the world was quiet")
        for customer in world.customers where customer.isPlain {
            #expect(
                customer.askedInAll > 31 * 20, "seed \(seed): \(customer.id.text) was forgotten")
        }
    }

    @Test func everybodyIsAskedInTime() throws {
        let count = Self.isLong ? 4_000 : 1_000
        var world = try KeepaliveWorld(
            customers: count, plain: count, terms: Self.terms, seed: 4, isRough: false)
        let days = Self.isLong ? 31 : 2
        world.run(days: Int64(days))
        #expect(world.faults == [])
        // Who is due at the last moment of a day gets a new time on the next one.
        let longest =
            Self.terms.interval + 2 * Self.terms.jitter
            + Int64(Limits.keepaliveSeconds) * 1000 + 2 * KeepaliveWorld.step
        for customer in world.customers {
            #expect(customer.longestGap <= longest, "\(customer.id.text)")
            #expect(customer.askedInAll >= days * 20, "\(customer.id.text)")
            #expect(world.schedule.record(of: customer.id)?.last == customer.lastResult)
        }
        // All of them together, not each of them.
        #expect(world.writes < days * 96 + 10)
    }
}
