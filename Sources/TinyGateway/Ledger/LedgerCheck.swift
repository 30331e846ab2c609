import Billing

/// Checks one line after another: the text, the numbering, time, the balance's own chain, the file's chain. In the
/// order of `LineFault`, so that a line with two faults always reports the same one.
struct LedgerCheck {
    private(set) var tail: LedgerTail
    private let builder = LineBuilder()
    private var reader = Billing.LedgerReader()

    init(after tail: LedgerTail = LedgerTail()) {
        self.tail = tail
    }

    /// - Parameter line: without its line end.
    /// - Returns: the entry and where it stands; the tail has moved behind it. After an error it has not moved.
    mutating func take(_ line: Span<UInt8>) throws(LineFault) -> (LedgerEntry, LineFacts) {
        let found: LedgerFormat.Decoded
        do throws(LedgerFormatError) {
            found = try reader.decode(line)
        } catch let error {
            throw .unreadable("its text breaks off at byte \(error.offset)")
        }
        let decoded = found.line
        try checkFirst(decoded.entry)
        guard decoded.seq == tail.seq + 1 else {
            throw .sequence(found: decoded.seq, expected: tail.seq + 1)
        }
        guard decoded.at >= tail.at else { throw .timeRunsBack }
        let own = try checkOwn(found, line)
        if let synced = decoded.synced, synced >= decoded.seq {
            throw .synced(found: synced, seq: decoded.seq)
        }
        let chain = builder.chained(tail.chain, line.extracting(0..<found.chainStart))
        guard chain == decoded.chain else { throw .chain }
        let facts = LineFacts(
            seq: decoded.seq, at: decoded.at, offset: tail.offset, length: line.count + 1,
            chain: chain, balance: own)
        tail.advance(facts)
        return (decoded.entry, facts)
    }

    /// Takes a line that this process has just written and need not check.
    mutating func advance(_ facts: LineFacts) {
        tail.advance(facts)
    }

    /// A ledger begins with its own line, of the format that this program reads, and has no second one.
    private func checkFirst(_ entry: LedgerEntry) throws(LineFault) {
        if case .ledger(let format) = entry {
            guard tail.seq == 0, format.format == FormatEntry.current else { throw .notFirst }
        } else {
            guard tail.seq > 0 else { throw .notFirst }
        }
    }

    private func checkOwn(
        _ found: LedgerFormat.Decoded, _ line: Span<UInt8>
    ) throws(LineFault) -> LineFacts.OfBalance? {
        guard let balance = found.line.entry.balanceID, let position = found.line.position,
            let linkStart = found.linkStart
        else { return nil }
        let last = tail.balances[balance]
        let n = (last?.n ?? 0) + 1
        guard position.n == n else { throw .place(found: position.n, expected: n) }
        let previous = last?.offset ?? 0
        guard position.prev == previous else {
            throw .previous(found: position.prev, expected: previous)
        }
        let link = builder.chained(last?.link ?? .zero, line.extracting(0..<linkStart))
        guard link == position.link else { throw .link }
        return LineFacts.OfBalance(
            balance: balance, tail: BalanceTail(n: n, offset: tail.offset, link: link))
    }
}
