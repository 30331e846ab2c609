import Testing

@testable import TinyGateway

@Suite("Loop: deadlines") struct DeadlineWheelTests {
    final class Holder: DeadlineHolder {
        var passed = 0
        var then: () -> Void = {}

        func deadlinePassed(_ deadline: Deadline) {
            passed += 1
            then()
        }
    }

    @Test func aDeadlinePassesOnceAndNotBeforeItsTime() {
        let harness = LoopHarness()
        let holder = Holder()
        let deadline = Deadline(harness.loop.deadlines, holder: holder)
        let start = harness.loop.now
        deadline.set(after: .seconds(1))
        harness.run { holder.passed > 0 }
        let waited = (harness.loop.now - start).count
        #expect(waited >= 1000)
        #expect(waited < 3500)
        #expect(holder.passed == 1)
    }

    @Test func oneThatIsMovedPassesLater() {
        let harness = LoopHarness()
        let moved = Holder()
        let fixed = Holder()
        let movedDeadline = Deadline(harness.loop.deadlines, holder: moved)
        let fixedDeadline = Deadline(harness.loop.deadlines, holder: fixed)
        movedDeadline.set(after: .seconds(1))
        fixedDeadline.set(after: .seconds(1))
        movedDeadline.set(after: .seconds(60))
        harness.run { fixed.passed == 1 }
        #expect(moved.passed == 0)
        // Earlier again, in the same slot as nothing else.
        movedDeadline.set(after: .seconds(0))
        harness.run { moved.passed == 1 }
    }

    @Test func aClearedOneDoesNotPassAndMayBeSetAgain() {
        let harness = LoopHarness()
        let holders = (0..<5).map { _ in Holder() }
        let deadlines = holders.map { Deadline(harness.loop.deadlines, holder: $0) }
        for deadline in deadlines { deadline.set(after: Milliseconds(0)) }
        // The first of a slot, the last, and one that is cleared twice.
        for index in [0, 4, 4] { deadlines[index].clear() }
        // What passes may clear its neighbours of the same second.
        holders[1].then = { deadlines[2].clear() }
        holders[2].then = { deadlines[1].clear() }
        harness.run { holders[3].passed == 1 && holders[1].passed + holders[2].passed == 1 }
        #expect(holders.map { $0.passed }.reduce(0, +) == 2)
        deadlines[0].set(after: Milliseconds(0))
        harness.run { holders[0].passed == 1 }
    }

    @Test func deadlinesDoNotHoldTheLoop() {
        let loop = EventLoop()
        let holder = Holder()
        let deadline = Deadline(loop.deadlines, holder: holder)
        deadline.set(after: .seconds(60))
        loop.run()
        #expect(holder.passed == 0)
        deadline.clear()
    }
}
