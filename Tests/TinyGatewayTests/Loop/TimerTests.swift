import Testing

@testable import TinyGateway

@Suite("Loop: timers") struct TimerTests {
    @Test func timersFireInTheirOrderAndOnce() {
        let loop = EventLoop()
        var fired: [String] = []
        let late = Timer(loop: loop)
        let early = Timer(loop: loop)
        let stopped = Timer(loop: loop)
        late.start(after: Milliseconds(20)) { fired.append("late") }
        early.start(after: Milliseconds(5)) { fired.append("early") }
        stopped.start(after: Milliseconds(1)) { fired.append("stopped") }
        stopped.stop()
        // Nothing is left to happen when both have fired.
        loop.run()
        #expect(fired == ["early", "late"])
        for timer in [late, early, stopped] { timer.close() }
        loop.run()
    }

    @Test func anIntervalRepeatsUntilItIsStopped() {
        let loop = EventLoop()
        var count = 0
        let timer = Timer(loop: loop)
        timer.start(after: Milliseconds(0), every: Milliseconds(1)) {
            count += 1
            if count == 3 { timer.stop() }
        }
        loop.run()
        #expect(count == 3)
        timer.close()
        // After its end a timer does nothing.
        timer.start(after: Milliseconds(0)) { count += 1 }
        timer.stop()
        timer.close()
        loop.run()
        #expect(count == 3)
    }

    @Test func aNewStartReplacesTheOldOne() {
        let loop = EventLoop()
        var fired: [Int] = []
        let timer = Timer(loop: loop)
        timer.start(after: Milliseconds(1)) { fired.append(1) }
        timer.start(after: Milliseconds(2)) {
            fired.append(2)
            timer.close()
        }
        loop.run()
        #expect(fired == [2])
    }

    @Test func aTimerThatLetsTheLoopEndDoesNotHoldIt() {
        let loop = EventLoop()
        var fired = false
        let timer = Timer(loop: loop)
        timer.start(after: .seconds(60)) { fired = true }
        timer.letLoopEnd()
        loop.run()
        #expect(!fired)
        timer.close()
        loop.run()
    }
}
