/// Frames one message on its way out, answer or request: its head leaves in one write with the
/// first content, and what one read brought leaves as one chunk (RFC 9112 7.1), but for chunks that
/// are added as somebody else has framed them.
struct MessageWriter {
    /// The head until the first bytes that follow it.
    private var head: [UInt8] = []
    private(set) var isChunked = false

    init() {}

    init(head: [UInt8], isChunked: Bool) {
        self.head = head
        self.isChunked = isChunked
    }

    var holdsHead: Bool { !head.isEmpty }

    /// Makes the batch ready for slices of content. Nothing else may use it until `close`.
    func open(_ batch: WriteBatch) {
        batch.reset()
        if !head.isEmpty { batch.append(head) }
        if isChunked { batch.beginChunk() }
    }

    /// Puts the framing around what the batch holds.
    func close(_ batch: WriteBatch, isLast: Bool) {
        if isChunked { batch.endChunk(isLast: isLast) }
    }

    /// Adds chunks to an open batch as somebody else has framed them.
    func add(chunks: Span<UInt8>, to batch: WriteBatch) {
        batch.endChunk(isLast: false)
        batch.append(chunks)
        batch.beginChunk()
    }

    /// The head has left.
    mutating func headSent() {
        if !head.isEmpty { head = [] }
    }
}
