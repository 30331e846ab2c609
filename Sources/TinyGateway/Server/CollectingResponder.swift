/// Collects a small request whole and hands it on: pages, commands, everything that is no relay.
final class CollectingResponder: Responder {
    private let connection: ServerConnection
    private let limit: Int
    private var content: [UInt8] = []
    private var isRefused = false
    private let completion: ([UInt8], ServerConnection) -> Void

    /// - Parameter limit: bytes of content; a longer one is answered with 413.
    init(
        connection: ServerConnection, limit: Int,
        completion: @escaping ([UInt8], ServerConnection) -> Void
    ) {
        self.connection = connection
        self.limit = limit
        self.completion = completion
    }

    func receive(_ content: Span<UInt8>) {
        guard !isRefused else { return }
        guard self.content.count + content.count <= limit else {
            isRefused = true
            connection.respond(.contentTooLarge(limit: limit))
            return
        }
        for index in content.indices { self.content.append(content[index]) }
    }

    func receiveEnd() {
        guard !isRefused else { return }
        completion(content, connection)
    }

    func drained() {}

    func clientLeft() {}
}

/// Stands in where the answer has already been given and what still comes is of no interest.
final class IdleResponder: Responder {
    func receive(_ content: Span<UInt8>) {}
    func receiveEnd() {}
    func drained() {}
    func clientLeft() {}
}
