import Testing

@testable import TinyGateway

@Suite(.serialized) struct TLSStreamTests {
    private func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    @Test(arguments: [1, 2, 15, 16, 1000, 16_383, 16_384, 16_385, 70_000, 400_000])
    func bytesArriveAsTheyWere(count: Int) throws {
        let harness = try TLSHarness()
        let sent = pattern(count)
        try harness.run { harness in
            guard let caller = harness.caller, let server = harness.server else { return }
            server.onBytes = {
                if server.received.count == count { harness.stop() }
            }
            _ = harness.send(sent, on: caller.stream)
        }
        let isWhole = harness.server?.received == sent
        #expect(isWhole)
        #expect(harness.fault == nil)
    }

    @Test func manySlicesMakeOneMessage() throws {
        let harness = try TLSHarness()
        try harness.run { harness in
            guard let caller = harness.caller, let server = harness.server else { return }
            server.onBytes = { harness.stop() }
            let batch = harness.loop.batch
            batch.reset()
            let pieces = (0..<200).map { [UInt8](repeating: UInt8($0), count: $0 % 7) }
            for piece in pieces { batch.append(piece) }
            caller.stream.send(batch)
        }
        // One record, so one call.
        #expect(
            harness.server?.received
                == (0..<200).flatMap { Array(repeating: UInt8($0), count: $0 % 7) })
    }

    @Test func whoDoesNotReadIsToldLater() throws {
        let harness = try TLSHarness()
        let sent = pattern(500_000)
        var callsWhilePaused = 0
        try harness.run { harness in
            guard let caller = harness.caller, let server = harness.server else { return }
            var isPaused = false
            let timer = Timer(loop: harness.loop)
            server.onBytes = {
                if isPaused { callsWhilePaused += 1 }
                if server.received.count == sent.count {
                    timer.close()
                    return harness.stop()
                }
                isPaused = true
                server.stream.stopReading()
                timer.start(after: Milliseconds(1)) {
                    isPaused = false
                    server.stream.startReading()
                }
            }
            _ = harness.send(sent, on: caller.stream)
        }
        #expect(callsWhilePaused == 0)
        let isWhole = harness.server?.received == sent
        #expect(isWhole)
    }

    @Test func closeNotifyIsAnEndAndItsLackAFailure() throws {
        for isClean in [true, false] {
            let harness = try TLSHarness()
            try harness.run { harness in
                guard let caller = harness.caller, let server = harness.server else { return }
                server.onEnd = { harness.stop() }
                _ = harness.send([1, 2, 3], on: caller.stream)
                if isClean { caller.stream.finish() } else { caller.stream.finishBroken() }
            }
            #expect(harness.server?.received == [1, 2, 3])
            #expect(harness.server?.hasEnded == isClean)
            #expect(harness.server?.error == (isClean ? nil : .truncated))
        }
    }

    @Test func whoClosesFromWithinIsNotCalledAgain() throws {
        let harness = try TLSHarness()
        var calls = 0
        try harness.run { harness in
            guard let caller = harness.caller, let server = harness.server else { return }
            server.onBytes = {
                calls += 1
                server.stream.close()
                harness.stop()
            }
            _ = harness.send(pattern(50_000), on: caller.stream)
            _ = harness.send(pattern(50_000), on: caller.stream)
        }
        #expect(calls == 1)
    }

    @Test(arguments: [
        ("gateway.test", "authority.pem", nil as TLSFault?),
        ("other.test", "authority.pem", .untrusted(.otherHost)),
        ("gateway.test", "other.pem", .untrusted(.unknownIssuer)),
        ("other.test", "other.pem", .untrusted([.otherHost, .unknownIssuer])),
    ])
    func certificatesAreVerified(host: String, roots: String, fault: TLSFault?) throws {
        let harness = try TLSHarness(host: host, roots: roots)
        try harness.run { $0.stop() }
        #expect(harness.fault == fault)
    }
}
