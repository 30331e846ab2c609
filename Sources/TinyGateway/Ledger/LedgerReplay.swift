import Billing

/// Reads lines, checks each and applies it: the way from the file to the books.
struct LedgerReplay {
    private var checker: LedgerCheck
    private(set) var ledger: Ledger
    /// Recomputes amounts; for `verify`, which has the time.
    private var audit: PriceAudit?

    /// Goes on where the books end.
    ///
    /// The links of the balances are not recomputed: the file's chain covers them, so a link that
    /// is not as it was written is found all the same, and a start takes two thirds of the time.
    init(after ledger: Ledger = Ledger()) {
        self.init(after: ledger, checksLinks: false)
    }

    private init(after ledger: Ledger, checksLinks: Bool) {
        checker = LedgerCheck(after: LedgerTail(of: ledger), checksLinks: checksLinks)
        self.ledger = ledger
    }

    /// From the first line on; every link and every amount is recomputed.
    static func auditing() -> LedgerReplay {
        var replay = LedgerReplay(after: Ledger(), checksLinks: true)
        replay.audit = PriceAudit()
        return replay
    }

    var tail: LedgerTail { checker.tail }

    /// Below this many bytes a second thread is not worth its start.
    private static let parallelBytes: Int64 = 4 << 20

    /// Reads all lines up to `end`.
    /// - Parameter crashed: told of each line that has been applied.
    /// - Returns: `nil` at the end of the file, else the first bad line; what stands before it has
    ///   been applied.
    mutating func run(
        _ file: File, to end: Int64, crashed: inout CrashedExchanges
    ) throws(FileError) -> LedgerDamage? {
        if end - ledger.end >= Self.parallelBytes {
            var fast = self
            var found = crashed
            if try fast.runParallel(file, to: end, &found) {
                self = fast
                crashed = found
            }
        }
        // What is left: all of it when something was wrong, as only one line after another tells
        // which one.
        return try runSerial(file, to: end, &crashed)
    }

    mutating func run(_ file: File, to end: Int64) throws(FileError) -> LedgerDamage? {
        var none = CrashedExchanges([])
        return try run(file, to: end, crashed: &none)
    }

    /// As `runSerial`, with another thread for the hashing.
    /// - Returns: whether all was well, up to the end or to a line without one.
    private mutating func runParallel(
        _ file: File, to end: Int64, _ crashed: inout CrashedExchanges
    ) throws(FileError) -> Bool {
        let thread = ChainThread(after: checker.tail.chain)
        defer { thread.stop() }
        checker.leavesHashing = true
        defer { checker.leavesHashing = false }
        var blocks = LedgerBlocks(file, from: ledger.end, to: end)
        var block: [UInt8] = []
        var spare: [UInt8] = []
        while true {
            let offset = blocks.offset
            let hashed = checker.tail.chain
            let count = try blocks.next(into: &block)
            let isRead = take(block.span.extracting(0..<count), &crashed)
            guard thread.finish() == hashed, isRead else { return false }
            if count == 0 { return true }
            thread.begin(
                ChainThread.Work(
                    block: block, count: count, offset: offset, links: checker.takeLinks()))
            swap(&block, &spare)
        }
    }

    private mutating func take(_ lines: Span<UInt8>, _ crashed: inout CrashedExchanges) -> Bool {
        var start = 0
        do throws(LineFault) {
            while start < lines.count {
                guard let length = LedgerBlocks.lineLength(lines, start),
                    length < Limits.ledgerLineBytes
                else { return false }
                let line = try checker.take(lines.extracting(start..<(start + length)))
                try apply(line)
                crashed.see(line.line)
                start += length + 1
            }
            return true
        } catch {
            return false
        }
    }

    private mutating func runSerial(
        _ file: File, to end: Int64, _ crashed: inout CrashedExchanges
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
                    crashed.see(line.line)
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
