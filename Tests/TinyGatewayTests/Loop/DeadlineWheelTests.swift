import Testing

@testable import TinyGateway

@Suite("Loop: deadlines") struct DeadlineWheelTests {
    final class Holder: DeadlineHolder {
        var passed = 0
        var then: () -> Void = {}

        override func deadlinePassed() {
            passed += 1
            then()
        }
    }

    @Test func aDeadlinePassesOnceAndNotBeforeItsTime() {
        let harness = LoopHarness()
        let holder = Holder(harness.loop.deadlines)
        let start = harness.loop.now
        holder.setDeadline(after: .seconds(1))
        harness.run { holder.passed > 0 }
        let waited = (harness.loop.now - start).count
        #expect(waited >= 1000)
        #expect(waited < 3500)
        #expect(holder.passed == 1)
    }

    @Test func oneThatIsMovedPassesLater() {
        let harness = LoopHarness()
        let moved = Holder(harness.loop.deadlines)
        let fixed = Holder(harness.loop.deadlines)
        moved.setDeadline(after: .seconds(1))
        fixed.setDeadline(after: .seconds(1))
        moved.setDeadline(after: .seconds(60))
        harness.run { fixed.passed == 1 }
        #expect(moved.passed == 0)
        // Earlier again, in the same slot as nothing else.
        moved.setDeadline(after: .seconds(0))
        harness.run { moved.passed == 1 }
    }

    @Test func aClearedOneDoesNotPassAndMayBeSetAgain() {
        let harness = LoopHarness()
        let holders = (0..<5).map { _ in Holder(harness.loop.deadlines) }
        for holder in holders { holder.setDeadline(after: Milliseconds(0)) }
        // The first of a slot, the last, and one that is cleared twice.
        for index in [0, 4, 4] { holders[index].clearDeadline() }
        // What passes may clear its neighbours of the same second.
        holders[1].then = { holders[2].clearDeadline() }
        holders[2].then = { holders[1].clearDeadline() }
        harness.run { holders[3].passed == 1 && holders[1].passed + holders[2].passed == 1 }
        #expect(holders.map { $0.passed }.reduce(0, +) == 2)
        holders[0].setDeadline(after: Milliseconds(0))
        harness.run { holders[0].passed == 1 }
    }

    @Test func deadlinesDoNotHoldTheLoop() {
        let loop = EventLoop()
        let holder = Holder(loop.deadlines)
        holder.setDeadline(after: .seconds(60))
        loop.run()
        #expect(holder.passed == 0)
        holder.clearDeadline()
    }
}
