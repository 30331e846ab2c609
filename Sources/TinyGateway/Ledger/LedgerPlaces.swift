import Billing

/// Finds lines without reading the whole file: one at an offset, the last ones of a balance by way
/// of their `prev`, the first one from a number or a moment on by halving.
struct LedgerPlaces {
    /// Where a line stands, with its text and what it says.
    struct Found {
        let offset: Int64
        let text: [UInt8]
        let decoded: LedgerFormat.Decoded

        var line: LedgerLine { decoded.line }
        /// Where the next line begins.
        var end: Int64 { offset + Int64(text.count) + 1 }
    }

    private static let firstBytes = 1_024

    let file: File
    /// Where the lines end that may be looked at.
    let end: Int64

    init(file: File, end: Int64) {
        self.file = file
        self.end = end
    }

    /// All whole lines of a file that a gateway may be writing.
    init(_ folder: LedgerFolder) throws(BooksError) {
        do throws(FileError) {
            file = try File(folder.ledger, .read)
            let size = try file.size()
            let start = max(0, size - Int64(Limits.ledgerLineBytes) - 1)
            var tail = [UInt8](repeating: 0, count: Int(size - start))
            let filled = try file.read(into: &tail, at: 0, offset: start)
            let last = tail[..<filled].lastIndex(of: UInt8(ascii: "\n"))
            end = last.map { start + Int64($0) + 1 } ?? 0
        } catch let error {
            throw .file(error)
        }
    }

    /// Calls `body` with one line after another from `offset` on, until it returns false.
    func forEach(
        from offset: Int64, _ body: (LedgerLine) -> Bool
    ) throws(BooksError) {
        var lines = LedgerLines(file, from: offset, to: end)
        var reader = LedgerReader()
        var step = LedgerLines.Step.line
        while true {
            do throws(FileError) { step = try lines.advance() } catch let error {
                throw .file(error)
            }
            guard step == .line else { return }
            let line: LedgerLine
            do throws(LedgerFormatError) {
                line = try lines.withLine { text throws(LedgerFormatError) in
                    try reader.decode(text).line
                }
            } catch let error {
                throw damage(lines.offset, .unreadable(byte: error.offset))
            }
            if !body(line) { return }
        }
    }

    /// The line that begins at `offset`.
    func line(at offset: Int64) throws(BooksError) -> Found {
        for room in [Self.firstBytes, Limits.ledgerLineBytes + 1] {
            let count = Int(min(Int64(room), end - offset))
            guard count > 0 else { break }
            var text = [UInt8](repeating: 0, count: count)
            let filled = try read(into: &text, offset)
            guard let length = text[..<filled].firstIndex(of: UInt8(ascii: "\n")) else { continue }
            text.removeLast(text.count - length)
            do throws(LedgerFormatError) {
                return Found(
                    offset: offset, text: text, decoded: try LedgerFormat.decode(text.span))
            } catch let error {
                throw damage(offset, .unreadable(byte: error.offset))
            }
        }
        throw damage(offset, .noLineEnd)
    }

    /// The offsets of a balance's last lines, the newest first.
    /// - Parameter tip: the balance's last line.
    func offsets(before tip: BalanceTip, atMost limit: Int = .max) throws(BooksError) -> [Int64] {
        var offsets: [Int64] = []
        var n = tip.n
        var offset = tip.offset
        while n > 0 && offsets.count < limit {
            offsets.append(offset)
            guard n > 1, offsets.count < limit else { break }
            guard let position = try line(at: offset).line.position, position.n == n,
                position.prev < offset
            else { throw damage(offset, .link) }
            offset = position.prev
            n -= 1
        }
        return offsets
    }

    /// The newest lines of a balance, the newest first: what a dashboard shows.
    func latest(_ tip: BalanceTip, count: Int) throws(BooksError) -> [LedgerLine] {
        var lines: [LedgerLine] = []
        for offset in try offsets(before: tip, atMost: count) {
            lines.append(try line(at: offset).line)
        }
        return lines
    }

    /// The line with this number; `nil` when the ledger is not that long.
    func line(seq: Int64) throws(BooksError) -> Found? {
        let offset = try first { $0.seq >= seq }
        guard offset < end else { return nil }
        let found = try line(at: offset)
        return found.line.seq == seq ? found : nil
    }

    /// Where the first line begins for which `isReached` holds; `end` when there is none. It must
    /// hold for every line behind one for which it holds.
    func first(where isReached: (LedgerLine) -> Bool) throws(BooksError) -> Int64 {
        var low: Int64 = 0
        var high = end
        while high - low > Int64(Limits.ledgerLineBytes) {
            guard let start = try lineStart(after: low + (high - low) / 2), start < high else {
                break
            }
            let found = try line(at: start)
            if isReached(found.line) { high = start } else { low = found.end }
        }
        while low < high {
            let found = try line(at: low)
            if isReached(found.line) { return low }
            low = found.end
        }
        return high
    }

    private func lineStart(after offset: Int64) throws(BooksError) -> Int64? {
        let count = Int(min(Int64(Limits.ledgerLineBytes + 1), end - offset))
        var text = [UInt8](repeating: 0, count: count)
        let filled = try read(into: &text, offset)
        return text[..<filled].firstIndex(of: UInt8(ascii: "\n")).map { offset + Int64($0) + 1 }
    }

    private func read(into bytes: inout [UInt8], _ offset: Int64) throws(BooksError) -> Int {
        do throws(FileError) {
            return try file.read(into: &bytes, at: 0, offset: offset)
        } catch let error {
            throw .file(error)
        }
    }

    /// The number of a line that was not reached from its neighbours is not known: 0.
    private func damage(_ offset: Int64, _ fault: LineFault) -> BooksError {
        .damaged(LedgerDamage(line: 0, offset: offset, fault: fault))
    }
}
