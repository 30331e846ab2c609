import Testing

@testable import TinyGateway

@Suite struct LoopThreadTests {
    final class Shared: @unchecked Sendable {
        let lock = Lock()
        let changed = Condition()
        var count = 0
    }

    @Test func threadsTakeTurnsAndWakeEachOther() {
        let shared = Shared()
        let threads = (0..<4).map { _ in
            Thread {
                for _ in 0..<1000 { shared.lock.withLock { shared.count += 1 } }
                shared.changed.signal()
            }
        }
        shared.lock.withLock {
            while shared.count < 4000 { shared.changed.wait(shared.lock, atMost: Milliseconds(5)) }
        }
        for thread in threads { thread.join() }
        #expect(shared.count == 4000)
    }

    @Test func aSignalWakesTheLoopAndLetsItEnd() {
        let loop = EventLoop()
        var received = 0
        var signal: Signal?
        let made = Signal(loop) {
            received += 1
            signal?.close()
        }
        signal = made
        let thread = Thread { made.send() }
        loop.run()
        thread.join()
        #expect(received == 1)
    }
}
