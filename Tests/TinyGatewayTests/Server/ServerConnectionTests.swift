import Testing

@testable import TinyGateway

/// Whole exchanges over loopback: bytes in, answers out, and what the connection does afterwards.
@Suite("Server: connections") struct ServerConnectionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: String
        var method = Method.get
        /// As `TestClient.answers` writes them.
        let answers: [String]
        /// Whether the connection ends by itself.
        var ends = false

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "a length",
            bytes: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            answers: ["200 hello"]),
        Case(
            name: "chunks in, chunks out",
            bytes: "POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\nab\r\n0\r\n\r\n",
            answers: ["200 one two"]),
        Case(
            name: "kept alive and pipelined",
            bytes: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"
                + "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\nb\r\n0\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
            answers: ["200 a", "200 one two", "200 b", "200 "]),
        Case(
            name: "close is asked for",
            bytes: "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            answers: ["!200 one two"], ends: true),
        Case(
            name: "what follows a close is not read",
            bytes: "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                + "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
            answers: ["!200 "], ends: true),
        Case(
            name: "HEAD of a length", bytes: "HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n",
            method: .head,
            answers: ["200 "]),
        Case(
            name: "HEAD of a stream",
            bytes:
                "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nHEAD /early HTTP/1.1\r\nHost: a\r\n\r\n",
            method: .head, answers: ["200 ", "404 "]),
        Case(
            name: "HTTP/1.0 reads to the end", bytes: "GET /stream HTTP/1.0\r\n\r\n",
            answers: ["!200 one two"], ends: true),
        Case(
            name: "HTTP/1.0 kept alive with a length",
            bytes: "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx"
                + "GET /echo HTTP/1.0\r\n\r\n",
            answers: ["200 x", "!200 "], ends: true),
        Case(
            name: "content that is complete when the answer is early",
            bytes: "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                + "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
            answers: ["404 \(notFound)", "200 "]),
        Case(
            name: "a head that is refused", bytes: "GET /echo HTTP/1.1\r\nBad Name: x\r\n\r\n",
            answers: ["!400 \(refusal(.spaceBeforeColon))"], ends: true),
        Case(
            name: "broken framing inside content",
            bytes: "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            answers: ["!400 \(refusal(.invalidChunkSize))"], ends: true),
        Case(
            name: "more than is collected",
            bytes: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n"
                + String(repeating: "x", count: 65),
            answers: ["413 \(tooLarge)"]
        ),
    ]

    static let notFound = String(decoding: OpenAIError.notFound.body, as: UTF8.self)

    static let tooLarge = String(
        decoding: OpenAIError.contentTooLarge(limit: 64).body, as: UTF8.self)

    static func refusal(_ error: HTTPError) -> String {
        let refusal = OpenAIError.invalidRequest(error.status, error.sentence, code: "invalid_http")
        return String(decoding: refusal.body, as: UTF8.self)
    }

    @Test(arguments: cases) func everySplitGivesTheSameAnswers(_ one: Case) throws {
        let harness = try ServerHarness()
        let bytes = [UInt8](one.bytes.utf8)
        for cut in 0..<bytes.count {
            let pieces = [[UInt8](bytes[..<cut]), [UInt8](bytes[cut...])]
            let client = try harness.exchange(
                pieces, answers: one.answers.count, to: one.method)
            if one.ends { harness.run("the connection ends") { client.hasEnded } }
            let answers = client.answers(to: one.method)
            #expect(answers == one.answers, "cut at \(cut)")
            client.close()
            guard answers == one.answers else { break }
        }
        harness.end()
    }

    @Test func continueIsSentOnceTheContentIsWanted() throws {
        let harness = try ServerHarness()
        let head =
            "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        let client = try harness.connect()
        client.send(head)
        harness.run { harness.router.log == ["POST /held"] }
        #expect(client.received == [])
        harness.router.connection?.resumeContent()
        harness.run { client.answers() == ["100 "] }
        client.send("ab")
        harness.run { client.answers() == ["100 ", "200 one two"] }
        #expect(harness.router.log == ["POST /held", "content ab"])
        harness.end(client)
    }

    @Test func contentThatIsAlreadyThereNeedsNoContinue() throws {
        let harness = try ServerHarness()
        let client = try harness.connect()
        client.send(
            "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab")
        harness.run { harness.router.log == ["POST /held"] }
        harness.router.connection?.resumeContent()
        harness.run { client.answers() == ["200 one two"] }
        harness.end(client)
    }

    @Test func anEarlyAnswerEndsTheConnectionWithoutAReset() throws {
        let harness = try ServerHarness()
        let client = try harness.connect()
        client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")
        harness.run { client.hasEnded }
        #expect(client.answers() == ["!404 \(Self.notFound)"])
        // What still comes is thrown away, so the answer is not taken back by a reset.
        client.send([UInt8](repeating: 0x78, count: 50_000))
        #expect(harness.server.connectionCount == 1)
        client.finish()
        harness.run("the server closes") { harness.server.connectionCount == 0 }
        harness.end(client)
    }

    @Test func aClientThatLeavesIsReported() throws {
        let harness = try ServerHarness()
        let client = try harness.connect()
        client.send("POST /begun HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
        harness.run { client.answers() == ["!200 so far..."] }
        client.close()
        harness.run { harness.router.log.last == "client left" }
        #expect(harness.router.log == ["POST /begun", "client left"])
        #expect(harness.server.connectionCount == 0)
        harness.end()
    }

    @Test func anAnswerThatBreaksOffHasNoLastChunk() throws {
        let harness = try ServerHarness()
        let client = try harness.connect()
        client.send("GET /begun HTTP/1.1\r\nHost: a\r\n\r\n")
        harness.run { client.answers() == ["200 so far..."] }
        harness.router.connection?.breakOff()
        harness.run { client.hasEnded }
        #expect(client.answers() == ["200 so far..."])
        harness.end(client)
    }

    @Test func anAnswerOfWhichNothingLeftMayBeWithdrawn() throws {
        let harness = try ServerHarness()
        let client = try harness.connect()
        client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        harness.run { harness.router.log.count == 2 }
        let connection = try #require(harness.router.connection)
        connection.begin(HeadWriter(status: 200), length: nil)
        #expect(connection.withdrawAnswer())
        connection.respond(.overloaded)
        #expect(!connection.withdrawAnswer())
        harness.run { client.answers().first?.hasPrefix("503 ") == true }
        harness.end(client)
    }

    @Test func connectionsAreBoundedForEachAddress() throws {
        var limits = Limits()
        limits.connectionsPerAddress = 1
        let harness = try ServerHarness(limits)
        let first = try harness.connect()
        harness.run { harness.server.connectionCount == 1 }
        let second = try harness.connect()
        harness.run("the second is closed") { second.hasEnded }
        #expect(harness.server.connectionCount == 1)
        first.close()
        harness.run { harness.server.connectionCount == 0 }
        let third = try harness.connect()
        harness.run { harness.server.connectionCount == 1 }
        harness.end(second, third)
    }

    @Test func drainingEndsIdleConnectionsAndFinishesTheOthers() throws {
        let harness = try ServerHarness()
        let idle = try harness.connect()
        let busy = try harness.connect()
        busy.send("GET /begun HTTP/1.1\r\nHost: a\r\n\r\n")
        harness.run { busy.answers() == ["200 so far..."] && harness.server.connectionCount == 2 }
        var isDrained = false
        harness.server.drain { isDrained = true }
        harness.run { idle.hasEnded }
        #expect(!isDrained)
        harness.router.connection?.endAnswer(sendingLastChunk: true)
        harness.run { busy.hasEnded }
        #expect(busy.answers() == ["200 so far"])
        busy.close()
        harness.run("drained") { isDrained }
        idle.close()
    }

    @Test func aSlowHeadIsRefused() throws {
        var limits = Limits()
        limits.headSeconds = 1
        let harness = try ServerHarness(limits)
        let slow = try harness.connect()
        let silent = try harness.connect()
        slow.send("GET /echo HTTP/1.1\r\nHo")
        harness.run { slow.hasEnded && silent.hasEnded }
        #expect(slow.answers().first?.hasPrefix("!408 ") == true)
        #expect(silent.received == [])
        harness.end(slow, silent)
    }
}
