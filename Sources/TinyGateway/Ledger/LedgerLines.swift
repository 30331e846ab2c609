import CUV

/// The lines of a ledger file in order, read in large blocks; memory does not grow with the file.
///
/// `advance` moves to the next line, `line` and `offset` tell where it is. Nothing is decoded here.
@safe
struct LedgerLines: ~Copyable {
    enum Step: Equatable {
        /// A line stands in `line`, without its line end.
        case line
        /// Bytes behind the last line end, or a line longer than a line may be. `offset` is where
        /// they begin.
        case broken
        /// The end of the file, on a line end.
        case end
    }

    private static let blockBytes = 1 << 20

    let file: File
    /// Where reading stops although the file may go on.
    let end: Int64
    /// Offset of the current line in the file.
    private(set) var offset: Int64
    private var buffer: [UInt8]
    private var filled = 0
    private var next = 0
    private(set) var lineRange = 0..<0

    /// - Parameter start: a line's beginning.
    init(_ file: File, from start: Int64 = 0, to end: Int64, blockBytes: Int = blockBytes) {
        check(start >= 0 && start <= end, "a part of the file")
        self.file = file
        self.end = end
        offset = start
        let block = Int(min(Int64(blockBytes), end - start))
        buffer = [UInt8](repeating: 0, count: max(block, Limits.ledgerLineBytes + 1))
    }

    /// Lends the current line.
    func withLine<Value, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(buffer.span.extracting(lineRange))
    }

    /// Where the next line begins.
    var nextOffset: Int64 { offset + Int64(next - lineRange.lowerBound) }

    mutating func advance() throws(FileError) -> Step {
        offset = nextOffset
        lineRange = next..<next
        if let length = findLineEnd() { return take(length) }
        try fill()
        if let length = findLineEnd() { return take(length) }
        return next == filled ? .end : .broken
    }

    /// Passes over what `advance` called broken, up to and with the next line end.
    /// - Returns: false when there is no further line end.
    mutating func skip() throws(FileError) -> Bool {
        while true {
            if let length = findLineEnd() {
                next += length + 1
                offset = nextOffset
                lineRange = next..<next
                return true
            }
            next = filled
            offset = nextOffset
            lineRange = next..<next
            try fill()
            if filled == 0 { return false }
        }
    }

    private mutating func take(_ length: Int) -> Step {
        guard length < Limits.ledgerLineBytes else { return .broken }
        lineRange = next..<(next + length)
        next += length + 1
        return .line
    }

    private func findLineEnd() -> Int? {
        let found = unsafe buffer.withUnsafeBytes {
            unsafe cuv_file_find_byte(
                $0.baseAddress.unsafelyUnwrapped + next, filled - next, UInt8(ascii: "\n"))
        }
        return found < 0 ? nil : Int(found)
    }

    /// Moves what is left to the front and reads on until the block is full or the file ends.
    private mutating func fill() throws(FileError) {
        let left = filled - next
        for index in 0..<left { buffer[index] = buffer[next + index] }
        next = 0
        filled = left
        lineRange = 0..<0
        let position = offset + Int64(left)
        guard position < end else { return }
        let count = try file.read(into: &buffer, at: filled, offset: position)
        // The file may have grown since its end was read.
        filled += Int(min(Int64(count), end - position))
    }
}
