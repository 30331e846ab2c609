import Billing

/// Reads lines, checks each and applies it: the way from the file to the books.
struct LedgerReplay {
    private var check: LedgerCheck
    private(set) var ledger: Ledger
    /// Recomputes amounts; for `verify`, which has the time.
    private var audit: PriceAudit?

    init(after tail: LedgerTail = LedgerTail(), ledger: Ledger = Ledger()) {
        check = LedgerCheck(after: tail)
        self.ledger = ledger
    }

    /// From the first line on, and every amount is recomputed.
    static func auditing() -> LedgerReplay {
        var replay = LedgerReplay()
        replay.audit = PriceAudit()
        return replay
    }

    var tail: LedgerTail { check.tail }

    /// - Parameter seen: called for each line that has been applied.
    /// - Returns: `nil` at the end of the file, else the first bad line; what stands before it has been applied.
    mutating func run(
        _ file: File, to end: Int64, seen: (LedgerEntry, LineFacts) -> Void
    ) throws(FileError) -> LedgerDamage? {
        var reader = LedgerLines(file, from: tail.offset, to: end)
        while true {
            switch try reader.advance() {
            case .line:
                do throws(LineFault) {
                    let (entry, facts) = try reader.withLine { line throws(LineFault) in
                        try check.take(line)
                    }
                    try apply(entry, facts)
                    seen(entry, facts)
                } catch let fault {
                    return damage(fault, at: reader.offset)
                }
            case .broken:
                let isEnd = try !reader.skip()
                return damage(isEnd ? .noLineEnd : .tooLong, at: tail.offset)
            case .end: return nil
            }
        }
    }

    /// Takes a line that this process has just written.
    mutating func append(_ entry: LedgerEntry, _ facts: LineFacts) {
        check.advance(facts)
        do throws(LineFault) {
            try apply(entry, facts)
        } catch {
            preconditionFailure("an entry is checked before it is written")
        }
    }

    private mutating func apply(_ entry: LedgerEntry, _ facts: LineFacts) throws(LineFault) {
        do throws(LedgerError) {
            try ledger.apply(entry, at: facts.at, seq: facts.seq)
        } catch let error {
            throw .refused(error)
        }
        try audit?.take(entry)
    }

    /// The line is the one after the last good one; when the books refused it, that is the tail's own.
    private func damage(_ fault: LineFault, at offset: Int64) -> LedgerDamage {
        let isRefused = offset < tail.offset
        return LedgerDamage(
            line: isRefused ? tail.seq : tail.seq + 1, offset: offset, fault: fault)
    }
}
