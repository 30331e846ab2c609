@testable import TinyGateway

/// Answers by path, in each of the ways that the gateway answers.
final class TestRouter: RequestRouter {
    /// What happened, in words.
    private(set) var log: [String] = []
    /// The connection and the responder of the last streamed or held answer.
    private(set) var connection: ServerConnection?

    func route(_ head: RequestHead, on connection: ServerConnection) -> any Responder {
        self.connection = connection
        log.append("\(head.method.text) \(head.target.path)")
        switch head.target.path {
        case "/echo":
            return CollectingResponder(connection: connection, limit: 64) { content, connection in
                connection.respond(status: 200, contentType: "text/plain", body: content)
            }
        case "/stream": return ScriptedResponder(connection, log: write, answersAtEnd: true)
        case "/held":
            connection.pauseContent()
            return ScriptedResponder(connection, log: write, answersAtEnd: true)
        case "/early":
            connection.respond(.notFound)
            return IdleResponder()
        case "/begun":
            TestRouter.begin(connection, "so far")
            return ScriptedResponder(connection, log: write, answersAtEnd: false)
        default:
            return ScriptedResponder(connection, log: write, answersAtEnd: false)
        }
    }

    private func write(_ line: String) {
        log.append(line)
    }

    /// Begins an answer of unknown length with its first piece.
    static func begin(_ connection: ServerConnection, _ piece: String) {
        var head = HeadWriter(status: 200)
        head.field(.contentType, "text/event-stream")
        connection.begin(head, length: nil)
        send(connection, piece)
    }

    static func send(_ connection: ServerConnection, _ piece: String) {
        guard !connection.isHeadRequest else { return }
        connection.openBatch().append([UInt8](piece.utf8))
        connection.sendBatch()
    }
}

/// Writes down what it hears; may answer with two pieces once the content is complete.
final class ScriptedResponder: Responder {
    private let connection: ServerConnection
    private let log: (String) -> Void
    private let answersAtEnd: Bool
    private var content: [UInt8] = []

    init(
        _ connection: ServerConnection, log: @escaping (String) -> Void, answersAtEnd: Bool
    ) {
        self.connection = connection
        self.log = log
        self.answersAtEnd = answersAtEnd
    }

    func receive(_ content: Span<UInt8>) {
        for index in content.indices { self.content.append(content[index]) }
    }

    func receiveEnd() {
        log("content \(String(decoding: content, as: UTF8.self))")
        guard answersAtEnd else { return }
        TestRouter.begin(connection, "one ")
        TestRouter.send(connection, "two")
        connection.endAnswer(sendingLastChunk: true)
    }

    func drained() {}

    func clientLeft() { log("client left") }
}
