import CUV
import Testing

@testable import TinyGateway

/// A loop that a test turns until what it waits for has come, and never longer than ten seconds.
final class LoopHarness {
    let loop = EventLoop()

    /// As the program does at its start: a peer that has left is an error, not a signal.
    init() {
        cuv_ignore_broken_pipes()
    }

    func run(_ sentence: Comment = "what was waited for came", until isDone: () -> Bool) {
        var isLate = false
        let guardian = Timer(loop: loop)
        guardian.start(after: .seconds(10)) {
            isLate = true
            self.loop.stop()
        }
        let pulse = Timer(loop: loop)
        pulse.start(after: Milliseconds(1), every: Milliseconds(1)) { self.loop.stop() }
        while !isDone() && !isLate { loop.run() }
        guardian.close()
        pulse.close()
        #expect(isDone(), sentence)
    }
}
