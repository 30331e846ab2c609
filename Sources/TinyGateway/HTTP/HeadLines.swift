/// The bytes of a head as they arrive, cut into lines. Everything that is wrong with a single byte
/// is found here, so that whoever reads a line knows that it has no control characters.
struct HeadLines: Sendable {
    enum End: Equatable {
        case more
        case complete
        case failed(HTTPError)
    }

    private(set) var bytes: [UInt8] = []
    private let bytesMax: Int
    /// One empty line before a request line is tolerated (RFC 9112 2.2).
    private var blankLineAllowed: Bool
    /// Bytes of the unfinished line, without its CR.
    private var lineBytes = 0
    private var sawCarriageReturn = false
    private var linesTaken = 0
    private var linesHanded = 0
    private var nextLineStart = 0

    init(bytesMax: Int, blankLineAllowed: Bool) {
        self.bytesMax = bytesMax
        self.blankLineAllowed = blankLineAllowed
    }

    /// Copies what belongs to the head, once.
    ///
    /// - Returns: How many bytes of `piece` that was, and whether the head ends there. After a
    ///   failure the lines before it can still be read: what is wrong with them comes first.
    mutating func take(_ piece: Span<UInt8>) -> (count: Int, end: End) {
        let available = min(piece.count, bytesMax - bytes.count)
        var count = 0
        var end = End.more
        while count < available, end == .more {
            let start = count
            if !sawCarriageReturn {
                // Nearly every byte is text: it is passed over in one go.
                count = Self.textEnd(piece, in: count..<available)
            }
            lineBytes += count - start
            if count < available {
                end = step(piece[count])
                count += 1
            }
        }
        if end == .more, count < piece.count {
            end = .failed(linesTaken == 0 ? .targetTooLong : .headTooLarge)
        }
        bytes.append(copying: piece.extracting(0..<count))
        return (count, end)
    }

    /// Visible characters, space, tab, and bytes above ASCII, which mean nothing to HTTP.
    private static func textEnd(_ bytes: Span<UInt8>, in range: Range<Int>) -> Int {
        var end = bytes.firstControl(in: range)
        while end < range.upperBound, bytes[end] == Syntax.tab {
            end = bytes.firstControl(in: end + 1..<range.upperBound)
        }
        return end
    }

    /// A byte that is no text, or any byte behind a CR.
    private mutating func step(_ byte: UInt8) -> End {
        if sawCarriageReturn {
            guard byte == Syntax.lineFeed else { return .failed(.bareCarriageReturn) }
            sawCarriageReturn = false
            return endLine()
        }
        switch byte {
        case Syntax.carriageReturn: sawCarriageReturn = true
        case Syntax.lineFeed: return .failed(.bareLineFeed)
        default: return .failed(.controlCharacter)
        }
        return .more
    }

    private mutating func endLine() -> End {
        if lineBytes > 0 {
            linesTaken += 1
            lineBytes = 0
            return .more
        }
        if linesTaken > 0 { return .complete }
        guard blankLineAllowed else { return .failed(.invalidStartLine) }
        blankLineAllowed = false
        return .more
    }

    /// The next finished line, without its CRLF; `nil` when there is none yet.
    mutating func next() -> Range<Int>? {
        guard linesHanded < linesTaken else { return nil }
        if bytes[nextLineStart] == Syntax.carriageReturn { nextLineStart += 2 }
        let end = bytes.span.firstIndex(
            of: Syntax.carriageReturn, in: nextLineStart..<bytes.count)
        defer { nextLineStart = end + 2 }
        linesHanded += 1
        return nextLineStart..<end
    }
}
