import Testing

@testable import TinyGateway

/// A server on a loopback port and clients of it, all on one loop that the test turns.
final class ServerHarness {
    let turns = LoopHarness()
    let router = TestRouter()
    let server: Server
    private let port: Int

    init(_ limits: Limits = Limits()) throws {
        server = Server(loop: turns.loop, limits: limits)
        port = try server.listen(on: .tcp(host: "127.0.0.1", port: 0), router: router)
    }

    func connect() throws -> TestClient {
        var result: Result<SocketStream, StreamError>?
        let connector = Connector(loop: turns.loop, host: "127.0.0.1", port: port) { result = $0 }
        turns.run { result != nil }
        _ = connector
        return TestClient(loop: turns.loop, stream: try #require(try result?.get()))
    }

    func run(_ sentence: Comment = "what was waited for came", until isDone: () -> Bool) {
        turns.run(sentence, until: isDone)
    }

    /// Sends the pieces, each as a read of its own, and waits for that many answers.
    func exchange(
        _ pieces: [[UInt8]], answers count: Int, to method: Method = .get
    ) throws -> TestClient {
        let client = try connect()
        for piece in pieces where !piece.isEmpty {
            client.send(piece)
            // One turn, so that the server reads before the next piece arrives.
            var turned = false
            run {
                defer { turned = true }
                return turned
            }
        }
        run("\(count) answers") { self.isWhole(client, count, method) }
        return client
    }

    private func isWhole(_ client: TestClient, _ count: Int, _ method: Method) -> Bool {
        let answers = client.answers(to: method)
        return answers.count >= count && answers.last?.hasSuffix("...") == false
    }

    /// Ends everything, so that nothing of the test lives on.
    func end(_ clients: TestClient...) {
        for client in clients { client.close() }
        server.closeAll()
        var isDrained = false
        server.drain { isDrained = true }
        run("the server is drained") { isDrained }
        #expect(turns.loop.budget.held == 0, "every byte that was held was given back")
    }
}
