/// Takes the chunked coding (RFC 9112 7.1) off content where it lies: it copies nothing and says
/// which bytes are content. Extensions and trailers are checked, bounded and dropped.
struct ChunkedDecoder: Sendable {
    private enum State: UInt8 {
        case size
        case `extension`
        case sizeLineFeed
        case content
        case contentCarriageReturn
        case contentLineFeed
        case trailer
        case done
    }

    // What every chunk touches stands first; what only a few have is small.
    private var state = State.size
    private var digits: UInt8 = 0
    private var extensions = ChunkExtension()
    private var contentBytes = 0
    private let contentBytesMax: Int
    /// The size while its digits are read, then the content bytes that the chunk still owes.
    private var remaining = 0
    private var trailers: TrailerSection

    /// 15 digits are 60 bits: the size cannot wrap while it is read.
    private static let digitsMax = 15

    /// - Parameters:
    ///   - contentBytesMax: Of all chunks together.
    ///   - trailerFieldsMax: Field lines of the trailer section.
    init(contentBytesMax: Int = .max, trailerFieldsMax: Int = 100) {
        self.contentBytesMax = contentBytesMax
        trailers = TrailerSection(fieldsMax: trailerFieldsMax)
    }

    /// Content of all chunks whose size has been read.
    var contentBytesAnnounced: Int { contentBytes }

    /// Whether the last chunk and the trailer section have been read.
    var isDone: Bool { state == .done }

    /// Whether the last byte seen ended a chunk (or nothing was seen yet).
    var isBetweenChunks: Bool { state == .size && digits == 0 }

    /// Looks at `bytes` from `from` on, up to the end of the first run of content.
    ///
    /// Call it again from the end of the range that it returned, until it needs more. After an
    /// error it is of no further use.
    mutating func next(_ bytes: Span<UInt8>, from: Int) throws(HTTPError) -> ChunkedStep {
        precondition(state != .done, "nothing is read after the end of a message")
        let start = takeChunkEnd(bytes, from: from)
        if let content = plainChunk(bytes, start) { return .content(content) }
        return try careful(bytes, start)
    }

    private mutating func careful(
        _ bytes: Span<UInt8>, _ from: Int
    ) throws(HTTPError) -> ChunkedStep {
        var index = from
        while index < bytes.count {
            if state == .content {
                let end = index + min(remaining, bytes.count - index)
                remaining -= end - index
                if remaining == 0 { state = .contentCarriageReturn }
                return .content(index..<end)
            }
            try step(bytes[index])
            index += 1
            if state == .done { return .end(index) }
        }
        return .needMore
    }

    /// The short way for what nearly every read is: a size line without extensions, and content.
    /// - Returns: nil when it is anything else, and nothing was taken.
    @inline(__always)
    private mutating func plainChunk(_ bytes: Span<UInt8>, _ from: Int) -> Range<Int>? {
        guard state == .size, digits == 0 else { return nil }
        var index = from
        let size = plainSize(bytes, &index)
        guard size > 0, index < bytes.count else { return nil }
        contentBytes &+= size
        let count = min(size, bytes.count &- index)
        remaining = size &- count
        state = remaining == 0 ? .contentCarriageReturn : .content
        return index..<index &+ count
    }

    /// Reads a size line without extensions; `index` moves behind it.
    /// - Returns: 0 when it is anything else, or more than may come.
    @inline(__always)
    private func plainSize(_ bytes: Span<UInt8>, _ index: inout Int) -> Int {
        var size = 0
        // Eight digits are 4 GiB; longer ones take the careful way.
        let limit = min(bytes.count, index &+ 8)
        while index < limit {
            let byte = bytes[index]
            let letter = (byte | 0x20) &- 0x61
            if byte &- 0x30 < 10 {
                size = size << 4 | Int(byte &- 0x30)
            } else if letter < 6 {
                size = size << 4 | Int(letter &+ 10)
            } else {
                break
            }
            index &+= 1
        }
        guard index &+ 2 <= bytes.count, bytes.pair(at: index) == Self.lineEnd,
            size <= contentBytesMax &- contentBytes
        else { return 0 }
        index &+= 2
        return size
    }

    /// CRLF, the first byte lowest.
    private static var lineEnd: UInt16 { 0x0A0D }

    /// The content of the chunk that begins at `start`, when it lies in `bytes` whole and plain. It
    /// is not taken yet; the next chunk begins two bytes behind it.
    @inline(__always)
    func wholeChunk(_ bytes: Span<UInt8>, from start: Int) -> Range<Int>? {
        guard state == .size, digits == 0 else { return nil }
        var index = start
        let size = plainSize(bytes, &index)
        guard size > 0, bytes.count &- index >= size &+ 2,
            bytes.pair(at: index &+ size) == Self.lineEnd
        else { return nil }
        return index..<index &+ size
    }

    /// Takes the line end of the chunk before, when it lies at `start` whole.
    /// - Returns: where to go on.
    @inline(__always)
    mutating func takeChunkEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        guard state == .contentCarriageReturn, bytes.count &- start >= 2,
            bytes.pair(at: start) == Self.lineEnd
        else { return start }
        state = .size
        digits = 0
        return start &+ 2
    }

    /// Takes what `wholeChunk` found.
    @inline(__always)
    mutating func take(wholeChunk content: Range<Int>) {
        contentBytes &+= content.count
    }

    /// Gives the last `count` bytes of the content range just returned back: they will be read
    /// again.
    mutating func giveBack(_ count: Int) {
        precondition(
            state == .content || state == .contentCarriageReturn, "only content is given back")
        remaining += count
        state = .content
    }

    private mutating func step(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .size: try readSize(byte)
        case .extension:
            if try extensions.read(byte) { state = .sizeLineFeed }
        case .sizeLineFeed:
            guard byte == Syntax.lineFeed else { throw .invalidChunkSize }
            state = remaining == 0 ? .trailer : .content
        case .contentCarriageReturn:
            guard byte == Syntax.carriageReturn else { throw .invalidChunkEnd }
            state = .contentLineFeed
        case .contentLineFeed:
            guard byte == Syntax.lineFeed else { throw .invalidChunkEnd }
            state = .size
            digits = 0
        case .trailer:
            if try trailers.read(byte) { state = .done }
        case .content, .done: preconditionFailure("content is not read byte by byte")
        }
    }

    private mutating func readSize(_ byte: UInt8) throws(HTTPError) {
        if let value = Syntax.hexValue(byte) {
            guard digits < Self.digitsMax else { throw .chunkTooLarge }
            remaining = remaining << 4 | Int(value)
            digits += 1
            return
        }
        guard digits > 0 else { throw .invalidChunkSize }
        // White space before CRLF or ";" is refused, although RFC 9112 7.1.1 has recipients skip
        // it: no sender writes it, and parsers that disagree about it can be smuggled past.
        switch byte {
        case Syntax.carriageReturn: state = .sizeLineFeed
        case 0x3B:
            state = .extension
            extensions.start(chunkBytes: remaining)
        default: throw .invalidChunkSize
        }
        let (sum, overflowed) = contentBytes.addingReportingOverflow(remaining)
        if overflowed || sum > contentBytesMax { throw .contentTooLarge }
        contentBytes = sum
    }
}
