import Billing
import CUV

/// From the files to the books: checkpoint, tail, torn end, first lines, what a crash left open.
/// Each step is durable before the next.
struct BooksOpening {
    let folder: LedgerFolder
    let device: LedgerDevice
    private(set) var replay = LedgerReplay()
    private(set) var report = OpenReport()
    /// Where reading began: what stands before was taken from the checkpoint.
    private(set) var start = LedgerTail()
    private var crashed: CrashedExchanges

    /// - Parameter device: of the locked `ledger.jsonl`.
    init(
        _ folder: LedgerFolder, _ device: LedgerDevice, prices: PricesEntry, now: Timestamp
    ) throws(BooksError) {
        self.folder = folder
        self.device = device
        crashed = CrashedExchanges([])
        let damage: LedgerDamage?
        do throws(FileError) {
            crashed = CrashedExchanges(try Inflight.leftOpen(path: folder.inflight))
            try takeCheckpoint()
            damage = try readTail()
        } catch let error {
            throw .file(error)
        }
        if let damage { throw .damaged(damage) }
        try writeFirstLines(prices, now)
        try voidCrashed(now)
        // What expired while no gateway ran. Nothing is held now that the crash is settled.
        try write(replay.ledger.dueExpiries(at: max(now, replay.tail.at)), now)
    }

    private mutating func takeCheckpoint() throws(FileError) {
        switch try Checkpoint.find(folder, device.file) {
        case .none: break
        case .ignored(let why): report.checkpointIgnored = why
        case .matching(let ledger):
            try seeCrashed(before: ledger.end)
            replay = LedgerReplay(after: ledger)
            start = replay.tail
        }
    }

    /// The entries of open exchanges that stand before the checkpoint. It is older than the crash,
    /// but an exchange may be older still.
    private mutating func seeCrashed(before end: Int64) throws(FileError) {
        guard let earliest = crashed.earliestOffset, earliest < end else { return }
        var lines = LedgerLines(device.file, from: max(0, earliest), to: end)
        var reader = LedgerReader()
        while try lines.advance() == .line {
            let line = lines.withLine { span -> LedgerFormat.Decoded? in
                do throws(LedgerFormatError) { return try reader.decode(span) } catch { return nil }
            }
            if let line { crashed.see(line.line) }
        }
    }

    /// - Returns: damage that is not a torn end; a torn end is cut.
    private mutating func readTail() throws(FileError) -> LedgerDamage? {
        let end = try device.file.size()
        let damage = try replay.run(device.file, to: end, crashed: &crashed)
        guard let damage else { return nil }
        guard try LedgerTorn.isTorn(device.file, from: damage, end: end) else { return damage }
        let path = try LedgerTorn.cut(device.file, at: damage.offset, end: end, in: folder)
        report.torn = OpenReport.TornTail(
            offset: damage.offset, byteCount: end - damage.offset, savedAs: path)
        return nil
    }

    private mutating func writeFirstLines(
        _ prices: PricesEntry, _ now: Timestamp
    ) throws(BooksError) {
        var entries: [LedgerEntry] = []
        if replay.tail.seq == 0 {
            guard let id = LedgerID("l_" + Random.identifier()) else {
                preconditionFailure("an identifier is one")
            }
            entries.append(.ledger(FormatEntry(format: FormatEntry.current, id: id)))
            report.isNew = true
        }
        if !replay.ledger.knows(prices.digest) { entries.append(.prices(prices)) }
        try write(entries, now)
    }

    private mutating func voidCrashed(_ now: Timestamp) throws(BooksError) {
        report.unsettled = crashed.unsettled
        var entries: [LedgerEntry] = []
        for void in crashed.voids where isAccepted(.void(void), now) {
            entries.append(.void(void))
            report.crashVoids.append(void.id)
        }
        try write(entries, now)
    }

    /// A slot that a machine's crash left half written may name what does not exist.
    private func isAccepted(_ entry: LedgerEntry, _ now: Timestamp) -> Bool {
        do throws(LedgerError) {
            return try replay.ledger.check(entry, at: max(now, replay.tail.at)) == .apply
        } catch {
            return false
        }
    }

    /// Before the writer's thread exists.
    private mutating func write(_ entries: [LedgerEntry], _ now: Timestamp) throws(BooksError) {
        guard !entries.isEmpty else { return }
        let submissions = entries.map { LedgerSubmission(ticket: 0, entry: $0, at: now) }
        let batch = LedgerBatch(submissions, after: replay.tail, using: LineBuilder())
        let written = device.write(batch.bytes.span, offset: replay.tail.end)
        guard written == Int64(batch.bytes.count) else {
            _ = device.truncate(to: replay.tail.end)
            throw .notWritten(code: written < 0 ? Int32(-written) : ENOSPC)
        }
        let synced = device.sync()
        guard synced == 0 else { throw .notWritten(code: Int32(-synced)) }
        for line in batch.lines { replay.append(line) }
    }
}
