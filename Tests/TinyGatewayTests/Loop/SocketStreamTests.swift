import CUV
import Testing

@testable import TinyGateway

@Suite("Loop: sockets") struct SocketStreamTests {
    /// Both ends of a connection over loopback, and what the accepted one is told.
    final class Pair: StreamReceiver {
        let near: SocketStream
        let far: SocketStream
        var bytes: [UInt8] = []
        var ends = 0
        var failures = 0
        var drains = 0
        var received: () -> Void = {}

        init(_ harness: LoopHarness) throws {
            var accepted: SocketStream?
            var connected: SocketStream?
            let listener = try Listener(
                loop: harness.loop, address: .tcp(host: "127.0.0.1", port: 0)
            ) { accepted = $0 }
            let connector = Connector(loop: harness.loop, host: "127.0.0.1", port: listener.port) {
                connected = try? $0.get()
            }
            harness.run { accepted != nil && connected != nil }
            listener.close()
            connector.cancel()
            near = try #require(accepted)
            far = try #require(connected)
            near.attach(self)
            near.startReading()
        }

        func streamReceived(_ bytes: Span<UInt8>) {
            self.bytes.append(copying: bytes)
            received()
        }

        func streamEnded() { ends += 1 }
        func streamFailed(_ error: StreamError) { failures += 1 }
        func streamDrained() { drains += 1 }
    }

    private func send(_ bytes: [UInt8], to stream: SocketStream, _ harness: LoopHarness) -> Bool {
        let batch = harness.loop.batch
        batch.reset()
        batch.append(bytes)
        return stream.send(batch)
    }

    /// Both events come in one turn of the loop: the second one's socket is closed by then.
    @Test func whoIsClosedHearsNothingMore() throws {
        let harness = LoopHarness()
        let pairs = [try Pair(harness), try Pair(harness)]
        for pair in pairs {
            pair.received = { for pair in pairs { pair.near.close() } }
            #expect(send([1, 2, 3], to: pair.far, harness))
        }
        harness.run { pairs.contains { !$0.bytes.isEmpty } }
        #expect(pairs.map(\.bytes.count).sorted() == [0, 3])
        for pair in pairs { pair.far.close() }
    }

    @Test func aPauseHoldsWhatComesUntilItEnds() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        pair.near.stopReading()
        #expect(send([1], to: pair.far, harness))
        var isLater = false
        let timer = Timer(loop: harness.loop)
        timer.start(after: Milliseconds(20)) { isLater = true }
        harness.run { isLater }
        #expect(pair.bytes.isEmpty)
        pair.near.startReading()
        harness.run { pair.bytes == [1] }
        // One that ends before anything comes.
        pair.near.stopReading()
        pair.near.startReading()
        #expect(send([2], to: pair.far, harness))
        harness.run { pair.bytes == [1, 2] }
        timer.close()
        pair.near.close()
        pair.far.close()
    }

    @Test func whatTheKernelDoesNotTakeFollowsAndThenTheEnd() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        let sent = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        pair.near.stopReading()
        #expect(!send(sent, to: pair.far, harness))
        #expect(!send([9, 9], to: pair.far, harness))
        let held = pair.far.unsentBytes
        #expect(held > 2 && harness.loop.budget.held == held)
        pair.far.finish()
        pair.near.startReading()
        harness.run { pair.ends == 1 }
        #expect(pair.bytes == sent + [9, 9])
        #expect(pair.far.unsentBytes == 0 && harness.loop.budget.held == 0)
        pair.near.close()
        pair.far.close()
    }

    @Test func aPeerThatResetsIsAFailureAndNoEnd() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        #expect(send([1], to: pair.near, harness))
        // Unread bytes make a reset of the close.
        pair.far.close()
        harness.run { pair.failures + pair.ends > 0 }
        #expect(pair.failures == 1 && pair.ends == 0)
        pair.near.close()
    }

    /// An upstream that refuses while a body is on its way up.
    @Test func whatCameBeforeAResetIsRead() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        #expect(!send([UInt8](repeating: 1, count: 8_000_000), to: pair.near, harness))
        #expect(send([7, 8], to: pair.far, harness))
        // Unread bytes make a reset of the close.
        pair.far.close()
        harness.run { pair.failures + pair.ends > 0 }
        #expect(pair.bytes == [7, 8])
        // Reading fails, and for whom that is no reason to close, sending as well.
        #expect(pair.failures > 0 && pair.ends == 0)
        pair.near.close()
        #expect(harness.loop.budget.held == 0)
    }

    @Test func nobodyThereIsAnError() throws {
        let harness = LoopHarness()
        let listener = try Listener(
            loop: harness.loop, address: .tcp(host: "127.0.0.1", port: 0)
        ) { $0.close() }
        let port = listener.port
        listener.close()
        var result: Result<SocketStream, StreamError>?
        let connector = Connector(loop: harness.loop, host: "127.0.0.1", port: port) { result = $0 }
        harness.run { result != nil }
        guard case .failure(let error)? = result else {
            Issue.record("connected to a port that nobody listens on")
            return
        }
        #expect(error.text.contains("refused"))
        connector.cancel()
    }

    @Test func whatWaitsForAQuietMomentRunsBehindWhatIsReady() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        var order: [String] = []
        pair.received = { order.append("read") }
        pair.near.stopReading()
        #expect(send([1], to: pair.far, harness))
        // A busy kernel may deliver it later than it was sent.
        var isThere = false
        let timer = Timer(loop: harness.loop)
        timer.start(after: Milliseconds(50)) { isThere = true }
        harness.run { isThere }
        timer.close()
        pair.near.startReading()
        harness.loop.whenQuiet { order.append("quiet") }
        harness.loop.whenQuiet { order.append("quiet") }
        harness.run { order.count == 3 }
        #expect(order == ["read", "quiet", "quiet"])
        pair.near.close()
        pair.far.close()
    }

    @Test func aLoopThatIsNeverQuietLetsNothingWaitLong() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        var isDone = false
        var reads = 0
        // Each read brings about the next one: something is always ready.
        pair.received = {
            reads += 1
            if !isDone { _ = self.send([1], to: pair.far, harness) }
        }
        #expect(send([1], to: pair.far, harness))
        harness.loop.whenQuiet { isDone = true }
        harness.run { isDone }
        #expect(reads > 0)
        pair.near.close()
        pair.far.close()
    }

    @Test func quietMomentsHaveTimeBetweenThem() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        pair.near.startReading()
        var moments: [UInt64] = []
        func again() {
            moments.append(uv_hrtime())
            if moments.count < 4 { harness.loop.whenQuiet(again) }
        }
        harness.loop.whenQuiet(again)
        harness.run { moments.count == 4 }
        for (earlier, later) in zip(moments, moments.dropFirst()) {
            // The loop reads its clock before it calls.
            #expect(later - earlier > Limits.postponedMost / 2)
        }
        pair.near.close()
        pair.far.close()
    }

    /// A loop with nothing but sockets waits for them, and ends with them.
    @Test func socketsHoldTheLoop() throws {
        let harness = LoopHarness()
        let pair = try Pair(harness)
        pair.received = { pair.near.close() }
        #expect(send([1], to: pair.far, harness))
        pair.far.finish()
        harness.loop.run()
        #expect(pair.bytes == [1])
        pair.far.close()
    }
}
