import Billing

/// Reads lines, checks each and applies it: the way from the file to the books.
struct LedgerReplay {
    private var checker: LedgerCheck
    private(set) var ledger: Ledger
    /// Recomputes amounts; for `verify`, which has the time.
    private var audit: PriceAudit?

    /// Goes on where the books end.
    init(after ledger: Ledger = Ledger()) {
        checker = LedgerCheck(after: LedgerTail(of: ledger))
        self.ledger = ledger
    }

    /// From the first line on, and every amount is recomputed.
    static func auditing() -> LedgerReplay {
        var replay = LedgerReplay()
        replay.audit = PriceAudit()
        return replay
    }

    var tail: LedgerTail { checker.tail }

    /// - Parameter seen: called for each line that has been applied.
    /// - Returns: `nil` at the end of the file, else the first bad line; what stands before it has
    ///   been applied.
    mutating func run(
        _ file: File, to end: Int64, seen: (LedgerLine) -> Void = { _ in }
    ) throws(FileError) -> LedgerDamage? {
        var lines = LedgerLines(file, from: ledger.end, to: end)
        while true {
            let seq = ledger.seq + 1
            let offset = ledger.end
            switch try lines.advance() {
            case .line:
                do throws(LineFault) {
                    let line = try lines.withLine { text throws(LineFault) in
                        try checker.take(text)
                    }
                    try apply(line)
                    seen(line.line)
                } catch let fault {
                    return LedgerDamage(line: seq, offset: offset, fault: fault)
                }
            case .broken:
                let isLast = try !lines.skip()
                return LedgerDamage(
                    line: seq, offset: offset, fault: isLast ? .noLineEnd : .tooLong)
            // Perhaps before `end`: a writer may have cut back what it could not write.
            case .end: return nil
            }
        }
    }

    /// Takes a line that this process has just written.
    mutating func append(_ line: WrittenLine) {
        checker.advance(line)
        do throws(LineFault) {
            try apply(line)
        } catch let fault {
            Log.line("stopped: the books refuse line \(line.line.seq): \(fault.text)")
            preconditionFailure("an entry is checked before it is written")
        }
    }

    private mutating func apply(_ line: WrittenLine) throws(LineFault) {
        do throws(LedgerError) {
            try ledger.apply(line.line, offset: line.offset, length: line.length)
        } catch let error {
            throw .refused(error)
        }
        try audit?.take(line.line.entry)
    }
}
