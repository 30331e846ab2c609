/// Reads the head of a response from pieces of any size, as strictly as that of a request: an
/// upstream whose framing is in doubt is not guessed at, its connection is destroyed.
struct ResponseHeadParser: Sendable {
    private let limits: HeadLimits
    private var lines: HeadLines
    private var line: StatusLine?
    private var entries: [Fields.Entry] = []
    private var head: ResponseHead?

    init(limits: HeadLimits) {
        self.limits = limits
        lines = HeadLines(bytesMax: limits.bytes, blankLineAllowed: false)
    }

    /// Whether no byte of a head has come yet: then a closed connection did not start to answer.
    var isEmpty: Bool { lines.bytes.isEmpty }

    /// Bytes held for an unfinished head.
    var bytesHeld: Int { lines.bytes.count }

    /// Takes the bytes of `piece` that belong to the head.
    ///
    /// - Returns: How many those were once the head is complete (the rest is content, or the next
    ///   head after an interim one; `takeHead` has the head); `nil` when more is needed. After an
    ///   error the parser and its connection are of no further use.
    mutating func feed(_ piece: Span<UInt8>) throws(HTTPError) -> Int? {
        precondition(head == nil, "a complete head is taken before the next one is read")
        let taken = lines.take(piece)
        while let range = lines.next() {
            try read(range)
        }
        switch taken.end {
        case .more: return nil
        case .failed(let error): throw error
        case .complete: break
        }
        guard let line else { throw .invalidStartLine }
        head = try ResponseHead(
            line, Fields(bytes: lines.bytes, entries: entries),
            contentBytesMax: limits.contentBytes)
        return taken.count
    }

    /// The complete head; the parser is then ready for the next one.
    mutating func takeHead() -> ResponseHead {
        guard let head else { preconditionFailure("the head is not complete") }
        self = ResponseHeadParser(limits: limits)
        return head
    }

    private mutating func read(_ range: Range<Int>) throws(HTTPError) {
        guard line != nil else {
            line = try StatusLine(lines.bytes.span.extracting(range))
            entries.reserveCapacity(30)
            return
        }
        let entry = try FieldLine.parse(range, in: lines.bytes.span, names: .shared)
        if entries.count == limits.fields { throw .tooManyFields }
        entries.append(entry)
    }
}
