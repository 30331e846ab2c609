import Testing

@testable import TinyGateway

@Suite("Proxy: what Boost remembers") struct BoostMemoryTests {
    static let minute: Int64 = 60_000

    /// What the upstream says of the quota's return is a hint: at most five minutes count.
    @Test(
        arguments: [
            (nil, 5 * minute), (0, 0), (-7, 0), (90, 90_000), (300, 5 * minute),
            (604_800, 5 * minute),
            (Int64.max, 5 * minute),
        ] as [(Int64?, Int64)]) func aUsedUpQuotaIsAskedAgain(_ stated: Int64?, _ wait: Int64)
    {
        var memory = BoostMemory()
        memory.ranOut(1, seconds: stated, now: 1000)
        if wait > 0 { #expect(memory.isUsedUp(1, now: 1000 + wait - 1)) }
        #expect(!memory.isUsedUp(1, now: 1000 + wait))
        #expect(!memory.isUsedUp(2, now: 1000))
    }

    @Test func aSuccessClearsIt() {
        var memory = BoostMemory()
        memory.ranOut(1, seconds: nil, now: 0)
        memory.ranOut(2, seconds: nil, now: 0)
        memory.succeeded(1)
        #expect(!memory.isUsedUp(1, now: 1))
        #expect(memory.isUsedUp(2, now: 1))
    }

    @Test func aSecondRefusalCountsAnew() {
        var memory = BoostMemory()
        memory.ranOut(1, seconds: 300, now: 0)
        memory.ranOut(1, seconds: 10, now: Self.minute)
        #expect(memory.isUsedUp(1, now: Self.minute + 9_999))
        #expect(!memory.isUsedUp(1, now: Self.minute + 10_000))
    }

    @Test func aNamedTurnStaysForADay() {
        var memory = BoostMemory()
        memory.move(1, isNamed: true, now: 0)
        memory.move(2, isNamed: false, now: 0)
        #expect(memory.hasMoved(1, now: 24 * 60 * Self.minute - 1))
        #expect(!memory.hasMoved(1, now: 24 * 60 * Self.minute))
        #expect(memory.hasMoved(2, now: 10 * Self.minute - 1))
        #expect(!memory.hasMoved(2, now: 10 * Self.minute))
        #expect(!memory.isUsedUp(1, now: 0))
    }

    /// A customer who makes up turns pushes out the oldest notes, and memory stays bounded.
    @Test func theOldestNoteGivesWay() {
        var memory = BoostMemory()
        for turn in 0..<4_097 as Range<UInt64> { memory.move(turn, isNamed: true, now: 0) }
        #expect(!memory.hasMoved(0, now: 1))
        #expect(memory.hasMoved(1, now: 1))
        #expect(memory.hasMoved(4_096, now: 1))
    }
}
