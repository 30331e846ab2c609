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
    /// False while another thread recomputes the file's chain.
    var checksChain = true

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
        if checksChain {
            let chain = builder.chained(tail.chain, text.extracting(0..<found.chainStart))
            guard chain == line.chain else { throw .chain }
        }
        let written = WrittenLine(line: line, offset: tail.end, length: Int64(text.count) + 1)
        tail.advance(written)
        return written
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

    private func checkPosition(
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
        let link = builder.chained(tip.link, text.extracting(0..<linkStart))
        guard link == position.link else { throw .link }
    }
}
