import Billing

/// Checks one line after another: the text, the numbering, time, the balance's own chain, the
/// file's chain. In the order of `LineFault`, so that a line with two faults always reports the
/// same one.
struct LedgerCheck {
    private(set) var tail: LedgerTail
    private let builder = LineBuilder()
    private var reader = LedgerReader()
    /// Whether each balance's own chain is recomputed.
    private let checksLinks: Bool
    /// True while another thread does the hashing: of the file's chain, and of `links`.
    var leavesHashing = false
    private var links: [LinkCheck] = []

    init(after tail: LedgerTail = LedgerTail(), checksLinks: Bool = true) {
        self.tail = tail
        self.checksLinks = checksLinks
    }

    /// - Parameter text: the line without its end.
    /// - Returns: the line; the tail has moved behind it. After an error it has not moved.
    mutating func take(_ text: Span<UInt8>) throws(LineFault) -> WrittenLine {
        let found: LedgerFormat.Decoded
        do throws(LedgerFormatError) {
            found = try reader.decode(text)
        } catch let error {
            throw .unreadable(byte: error.offset)
        }
        let line = found.line
        try checkFirst(line.entry)
        guard line.seq == tail.seq + 1 else {
            throw .sequence(found: line.seq, expected: tail.seq + 1)
        }
        guard line.at >= tail.at else { throw .timeRunsBack }
        try checkPosition(found, text)
        if let synced = line.synced, synced >= line.seq {
            throw .synced(found: synced, seq: line.seq)
        }
        if !leavesHashing {
            let chain = builder.chained(tail.chain, text.extracting(0..<found.chainStart))
            guard chain == line.chain else { throw .chain }
        }
        let written = WrittenLine(line: line, offset: tail.end, length: Int64(text.count) + 1)
        tail.advance(written)
        return written
    }

    /// The links that were left to the other thread since the last call.
    mutating func takeLinks() -> [LinkCheck] {
        let taken = links
        links.removeAll(keepingCapacity: true)
        return taken
    }

    /// Takes a line that this process has just written and need not check.
    mutating func advance(_ line: WrittenLine) {
        tail.advance(line)
    }

    /// A ledger begins with its own line, of the format that this program reads, and has no second
    /// one.
    private func checkFirst(_ entry: LedgerEntry) throws(LineFault) {
        if case .ledger(let format) = entry {
            guard tail.seq == 0, format.format == FormatEntry.current else { throw .notFirst }
        } else {
            guard tail.seq > 0 else { throw .notFirst }
        }
    }

    private mutating func checkPosition(
        _ found: LedgerFormat.Decoded, _ text: Span<UInt8>
    ) throws(LineFault) {
        guard let balance = found.line.entry.balanceID, let position = found.line.position,
            let linkStart = found.linkStart
        else { return }
        let tip = tail.tips[balance] ?? .none
        guard position.n == tip.n + 1 else {
            throw .place(found: position.n, expected: tip.n + 1)
        }
        guard position.prev == tip.offset else {
            throw .previous(found: position.prev, expected: tip.offset)
        }
        guard checksLinks else { return }
        let check = LinkCheck(
            line: tail.end, byteCount: linkStart, previous: tip.link, link: position.link)
        if leavesHashing {
            links.append(check)
        } else if !check.holds(text, builder) {
            throw .link
        }
    }
}
