/// Frames one message on its way out, answer or request: its head leaves in one write with the first
/// content, and what one read brought leaves as one chunk (RFC 9112 7.1).
struct MessageWriter {
    private(set) var isChunked = false
    /// The head until the first bytes that follow it.
    private var head: [UInt8] = []

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
        if isChunked { _ = batch.reserve() }
    }

    /// Puts the framing around what the batch holds.
    func close(_ batch: WriteBatch, isLast: Bool) {
        guard isChunked else { return }
        let count = batch.byteCount - head.count
        if count > 0 {
            ChunkedEncoder.SizeLine(count).withBytes { line in
                batch.fill(head.isEmpty ? 0 : 1, line)
            }
            let end = ChunkedEncoder.lineEnd
            batch.appendCopy(end.span)
        }
        if isLast {
            let last = ChunkedEncoder.lastChunk
            batch.appendCopy(last.span)
        }
    }

    /// The head has left.
    mutating func headSent() {
        head = []
    }
}
