import Testing

@testable import TinyGateway

/// The command line against a gateway that runs: client and server over a real socket.
@Suite struct AdminServiceTests {
    /// What the client's thread leaves for the loop's.
    final class Answers: @unchecked Sendable {
        private let lock = Lock()
        private var outputs: [CommandOutput] = []

        func append(_ output: CommandOutput) {
            lock.withLock { outputs.append(output) }
        }

        var all: [CommandOutput] { lock.withLock { outputs } }
    }

    private static func ask(_ commands: [[String]], _ path: String, _ answers: Answers) {
        for command in commands {
            switch AdminClient.run(command, socket: path) {
            case .output(let output): answers.append(output)
            case .notRunning: answers.append(.refused("not running"))
            case .failed(let sentence): answers.append(.refused(sentence))
            }
        }
    }

    @Test func commandsReachARunningGateway() throws {
        let place = try OperationTests.Place()
        let path = place.directory + "/admin.sock"
        let loop = EventLoop()
        let office = try Office.open(place.configuration, loop: loop, mode: .serve)
        let server = Server(loop: loop, limits: Limits())
        let service = AdminService(office) { [("uptime", "5 s"), ("streams", "2")] }
        try server.listen(on: .unix(path: path), router: service)
        let answers = Answers()
        let finished = Signal(loop) {
            server.drain { office.books.close { loop.stop() } }
        }
        let commands = [
            ["account", "add", "me@example.com"], ["balance", "open", "me@example.com", "pay"],
            ["status", "--json"], ["topup", "b_nothing", "20", "--payment", "p"], ["nonsense"],
        ]
        let client = Thread {
            Self.ask(commands, path, answers)
            finished.send()
        }
        loop.run()
        client.join()
        finished.close()
        loop.run()
        let outputs = answers.all
        #expect(outputs.map { $0.status } == [.done, .done, .done, .refused, .usage])
        #expect(
            outputs[2].output.hasPrefix(
                "{\"uptime\":\"5 s\",\"streams\":\"2\",\"accounts\":\"1\",\"balances\":\"1\""))
        #expect(
            outputs[4].error
                == "tinygateway: there is no command nonsense; see tinygateway --help\n")
        try? Files.remove(path)
    }

    @Test func whereNobodyListensTheCommandDoesTheWork() throws {
        let place = try OperationTests.Place()
        guard
            case .notRunning = AdminClient.run(["status"], socket: place.directory + "/admin.sock")
        else {
            Issue.record("nobody listens there")
            return
        }
    }
}
