/// Reads the head of a request from pieces of any size. Errors come as early as the line that is
/// wrong is complete, and are the same however the bytes were cut.
struct RequestHeadParser: Sendable {
    private let limits: HeadLimits
    private var lines: HeadLines
    private var line: RequestLine?
    private var entries: [Fields.Entry] = []
    private var fieldsSeen = 0
    private var head: RequestHead?

    init(limits: HeadLimits) {
        self.limits = limits
        lines = HeadLines(bytesMax: limits.bytes, blankLineAllowed: true)
    }

    /// Whether no byte of a head has come yet: an idle connection, not a slow one.
    var isEmpty: Bool { lines.bytes.isEmpty }

    /// Bytes held for an unfinished head.
    var bytesHeld: Int { lines.bytes.count }

    /// Takes the bytes of `piece` that belong to the head.
    ///
    /// - Returns: How many those were once the head is complete (the rest is content or the next
    ///   request, and `takeHead` has the head); `nil` when more is needed. After an error the
    ///   parser and its connection are of no further use.
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
        head = try RequestHead(
            line, Fields(bytes: lines.bytes, entries: entries),
            contentBytesMax: limits.contentBytes)
        return taken.count
    }

    /// The complete head; the parser is then ready for the next one.
    mutating func takeHead() -> RequestHead {
        guard let head else { preconditionFailure("the head is not complete") }
        self = RequestHeadParser(limits: limits)
        return head
    }

    private mutating func read(_ range: Range<Int>) throws(HTTPError) {
        guard line != nil else {
            line = try RequestLine(lines.bytes.span.extracting(range))
            entries.reserveCapacity(20)
            return
        }
        let entry = try FieldLine.parse(range, in: lines.bytes.span, names: .shared)
        fieldsSeen += 1
        if fieldsSeen > limits.fields { throw .tooManyFields }
        if FieldLine.isAmbiguous(entry, in: lines.bytes.span) { return }
        entries.append(entry)
    }
}
