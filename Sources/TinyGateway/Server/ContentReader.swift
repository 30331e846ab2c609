/// Finds the content in the bytes of a message, whatever its framing: a length, chunks, or the end
/// of the connection (RFC 9112 6.3). Pure: bytes in, ranges out.
struct ContentReader {
    private enum Kind: UInt8 { case length, chunked, untilClose }

    // Beside the kind, not inside it: a payload would be copied out and in for every read.
    private var decoder: ChunkedDecoder
    private var left = 0
    private let kind: Kind
    private(set) var isComplete: Bool

    /// - Parameter contentBytesMax: of a chunked message, whose length nobody announced.
    init(_ framing: BodyFraming, contentBytesMax: Int = .max, trailerFieldsMax: Int = 100) {
        decoder = ChunkedDecoder(
            contentBytesMax: contentBytesMax, trailerFieldsMax: trailerFieldsMax)
        isComplete = false
        switch framing {
        case .none:
            kind = .length
            isComplete = true
        case .length(let count):
            kind = .length
            left = count
            isComplete = count == 0
        case .chunked: kind = .chunked
        case .untilClose: kind = .untilClose
        }
    }

    /// Whether the end of the connection is the end of the content.
    var endsWithConnection: Bool { kind == .untilClose && !isComplete }

    /// The next piece of content in `bytes` from `position` on. The reader is complete after
    /// `.end`, or after the `.content` that brings the last byte of a known length.
    @inline(__always)
    mutating func next(
        _ bytes: Span<UInt8>, from position: Int
    ) throws(HTTPError) -> ChunkedStep {
        if isComplete { return .end(position) }
        switch kind {
        case .length:
            let count = min(left, bytes.count - position)
            guard count > 0 else { return .needMore }
            left -= count
            isComplete = left == 0
            return .content(position..<position + count)
        case .chunked:
            let step = try decoder.next(bytes, from: position)
            if case .end = step { isComplete = true }
            return step
        case .untilClose:
            return position < bytes.count ? .content(position..<bytes.count) : .needMore
        }
    }

    /// The content of the chunk that begins at `start`, when it lies in `bytes` whole and plain. It
    /// is not taken yet; the next chunk begins two bytes behind it.
    @inline(__always)
    func wholeChunk(_ bytes: Span<UInt8>, from start: Int) -> Range<Int>? {
        kind == .chunked ? decoder.wholeChunk(bytes, from: start) : nil
    }

    /// Takes the line end of the chunk before, so that whole chunks may follow.
    @inline(__always)
    mutating func takeChunkEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        kind == .chunked ? decoder.takeChunkEnd(bytes, from: start) : start
    }

    /// Takes what `wholeChunk` found.
    @inline(__always)
    mutating func take(wholeChunk content: Range<Int>) {
        decoder.take(wholeChunk: content)
    }

    /// Gives the last `count` bytes of the last range back: they will be read again.
    mutating func giveBack(_ count: Int) {
        guard count > 0 else { return }
        switch kind {
        case .length:
            left += count
            isComplete = false
        case .chunked: decoder.giveBack(count)
        case .untilClose: break
        }
    }
}
