/// A small request of the gateway's own, sent whole, and its answer, read to its end.
final class UpstreamCall: DeadlineHolder, UpstreamReceiver {
    struct Answer {
        let head: ResponseHead
        /// At most as long as was asked for; the rest was read and thrown away.
        let content: [UInt8]
    }

    private let content: [UInt8]
    private let head: [UInt8]
    private let contentBytesMax: Int
    private var attempt: UpstreamAttempt?
    private var upstream: UpstreamConnection?
    private var answerHead: ResponseHead?
    private var answer: [UInt8] = []
    private var completion: ((Result<Answer, UpstreamError>) -> Void)?

    /// Starts at once, on a connection of its own. `completion` comes once, on the loop.
    /// - Parameters:
    ///   - head: with the content's length among its fields.
    ///   - seconds: for all of it.
    ///   - contentBytesMax: bytes of the answer's content that are kept.
    init(
        to pool: UpstreamPool, head: [UInt8], content: [UInt8], within seconds: Int,
        contentBytesMax: Int, completion: @escaping (Result<Answer, UpstreamError>) -> Void
    ) {
        self.head = head
        self.content = content
        self.contentBytesMax = contentBytesMax
        self.completion = completion
        super.init(pool.loop.deadlines)
        setDeadline(after: .seconds(seconds))
        let attempt = pool.connect { result in
            self.attempt = nil
            switch result {
            case .success(let connection): self.send(on: connection)
            case .failure(let error): self.finish(.failure(error))
            }
        }
        // It may have failed at once.
        if !attempt.isDone { self.attempt = attempt }
    }

    private func send(on connection: UpstreamConnection) {
        guard completion != nil else { return connection.close() }
        upstream = connection
        connection.attach(self)
        connection.begin(head, method: .post, isChunked: false)
        let batch = connection.openBatch()
        batch.append(content)
        connection.sendBatch(isLast: true)
    }

    /// Nobody is told any more.
    func cancel() {
        completion = nil
        end()
    }

    private func finish(_ result: Result<Answer, UpstreamError>) {
        let told = completion
        completion = nil
        end()
        told?(result)
    }

    private func end() {
        clearDeadline()
        attempt?.cancel()
        attempt = nil
        upstream?.close()
        upstream = nil
    }

    override func deadlinePassed() {
        finish(.failure(.closedBeforeAnswer))
    }

    // MARK: The answer

    func upstreamHead(_ head: ResponseHead) {
        answerHead = head
    }

    func upstreamChunks(
        _ bytes: Span<UInt8>, from start: Int, _ reader: inout ContentReader
    ) -> Int {
        start
    }

    func upstreamContent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let room = contentBytesMax - answer.count
        let end = range.lowerBound + min(room, range.count)
        answer.append(copying: bytes.extracting(range.lowerBound..<end))
        return range.upperBound
    }

    func upstreamReadEnded() {}

    func upstreamEnded() {
        guard let answerHead else { return finish(.failure(.closedBeforeAnswer)) }
        finish(.success(Answer(head: answerHead, content: answer)))
    }

    func upstreamFailed(_ error: UpstreamError) {
        upstream = nil
        finish(.failure(error))
    }

    func upstreamDrained() {}
}
