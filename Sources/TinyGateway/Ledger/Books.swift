import Billing

/// The books of the gateway: the only way to money for every other part. On the loop's thread only.
///
/// What is posted is applied when it is durable, in the order of the file, and then its `done` is
/// called. Charges and voids go straight to the writer, many at a time. All other entries are
/// checked against the books as they will be found: one of them is under way at a time, and a
/// refund not while its balance has charges under way.
final class Books {
    /// Entries after which a checkpoint is written without waiting for a quiet moment.
    static let checkpointEntries: Int64 = 20_000
    /// Bytes that one call of `idle` verifies.
    static let idleBytes: Int64 = 262_144

    private(set) var ledger: Ledger
    let report: OpenReport
    /// The price table in force; a charge names its digest.
    let prices: PricesEntry
    let terms: BillingTerms
    private(set) var condition = LedgerCondition.open
    /// Called when `condition` has changed.
    var onConditionChange: ((LedgerCondition) -> Void)?
    /// Called once if the idle-time pass finds what a start from the checkpoint did not read.
    var onDamage: ((LedgerDamage) -> Void)?

    let folder: LedgerFolder
    let device: LedgerDevice
    let clock: () -> Timestamp
    let inflight: Inflight
    private let writer: LedgerWriter
    private let signal: Signal
    private let loop: EventLoop
    private var isWriterCalled = false
    /// Holds these books until `close`.
    private let relay: SignalRelay
    /// When the last entry was posted; the next is never dated before.
    private var lastAt: Timestamp
    private var queue = PostQueue()
    private var replacements: [Int64: (FileError?) -> Void] = [:]
    private var nextReplacement: Int64 = 1
    private var checkpointSeq: Int64
    private var isCheckpointing = false
    private var idleCheck: IdleCheck?
    private var closing: (() -> Void)?
    private(set) var isClosed = false

    /// Takes over what `BooksOpening` found and starts the writer.
    init(
        _ opening: BooksOpening, prices: PricesEntry, terms: BillingTerms, loop: EventLoop,
        isThreaded: Bool, clock: @escaping () -> Timestamp
    ) throws(FileError) {
        folder = opening.folder
        device = opening.device
        ledger = opening.replay.ledger
        report = opening.report
        lastAt = opening.replay.tail.at
        self.prices = prices
        self.terms = terms
        self.clock = clock
        self.loop = loop
        checkpointSeq = opening.start.seq
        inflight = try Inflight(path: opening.folder.inflight)
        if opening.start.seq > 0 { idleCheck = IdleCheck(opening.device.file, to: opening.start) }
        let relay = SignalRelay()
        self.relay = relay
        let signal = Signal(loop) { relay.receive?() }
        self.signal = signal
        writer = LedgerWriter(
            opening.device, after: opening.replay.tail, isThreaded: isThreaded
        ) { signal.send() }
        relay.receive = { self.receive() }
    }

    /// Now, but never before what was posted before: the `at` of a line posted now.
    var now: Timestamp { max(clock(), lastAt) }

    /// Where the lines are that the books have applied.
    var places: LedgerPlaces { LedgerPlaces(file: device.file, end: ledger.end) }

    /// Posted, and not durable yet.
    var pendingCount: Int { queue.count }
}

// Posting.
extension Books {
    /// - Parameter done: called once, after the entry was applied; before `post` returns when
    ///   nothing is written.
    func post(_ entry: LedgerEntry, done: @escaping (PostOutcome) -> Void) {
        if closing != nil || isClosed { return done(.closed) }
        if case .syncFailed = condition { return done(.syncFailed) }
        switch entry {
        case .charge(let charge):
            check(ledger.holds[charge.id] != nil, "what is charged was admitted, and once")
            submit(entry, done)
        case .void: submit(entry, done)
        case .ledger, .prices, .balance, .topup, .grant, .extend, .pass, .expire, .refund, .note:
            // Only what takes money out of a lot depends on charges that are under way.
            // What these take out of a lot is known only when no charge is under way.
            var quiet: BalanceID?
            if case .refund(let refund) = entry { quiet = refund.balance }
            if case .expire(let expire) = entry { quiet = expire.balance }
            post(quiet: quiet, making: { _, _ in entry }, done: done)
        }
    }

    /// Posts an entry that follows from the books as they stand when its turn comes: a renewal from
    /// the pass's end, a refund from what is still there. Not for charges and voids.
    /// - Parameter quiet: the balance whose charges under way have to be durable before.
    func post(
        quiet: BalanceID? = nil, making make: @escaping PostQueue.Make,
        done: @escaping (PostOutcome) -> Void
    ) {
        if closing != nil || isClosed { return done(.closed) }
        if case .syncFailed = condition { return done(.syncFailed) }
        queue.wait(make, quiet: quiet, done)
        postWaiting()
    }

    /// Turns the charge of this exchange into a `void` with the reason `disk`, unless it is being
    /// written.
    /// - Returns: true when the charge will not stand. False while it is on its way to the disk:
    ///   ask again, or wait for its outcome.
    func abandon(_ exchange: ExchangeID) -> Bool {
        guard let (ticket, entry) = queue.pending(exchange) else { return false }
        guard case .charge(let charge) = entry else { return true }
        let void = VoidEntry(
            balance: charge.balance, id: charge.id, began: charge.began, response: charge.response,
            model: charge.model, reason: .disk)
        return writer.abandon(ticket: ticket, void: .void(void))
    }

    /// Posts what has expired. To be called now and then, and once after opening.
    func expireDue() {
        // Some may be under way already, for as long as the disk is full; the rest can wait.
        guard !queue.isSerialPending else { return }
        for entry in ledger.dueExpiries(at: now) { post(entry) { _ in } }
    }

    private func submit(_ entry: LedgerEntry, _ done: @escaping (PostOutcome) -> Void) {
        let at = now
        do throws(LedgerError) {
            guard try ledger.check(entry, at: at) == .apply else { return done(.repeated) }
        } catch let error {
            return done(.refused(error))
        }
        lastAt = at
        let ticket = queue.submit(entry, done)
        writer.submit(LedgerSubmission(ticket: ticket, entry: entry, at: at))
        beginWriting()
    }

    /// One sync for all charges that end together: the writer begins once the loop has nothing
    /// else to do, or soon.
    private func beginWriting() {
        guard !isWriterCalled else { return }
        isWriterCalled = true
        loop.whenQuiet { [writer, self] in
            isWriterCalled = false
            writer.begin()
        }
    }

    private func postWaiting() {
        while let (make, done) = queue.nextWaiting() {
            do throws(LedgerError) {
                submit(try make(ledger, now), done)
            } catch let error {
                done(.refused(error))
            }
        }
    }
}

// Holds.
extension Books {
    /// Takes `hold` from what the balance has available, and remembers the exchange over a crash.
    /// - Parameter moment: the moment whose prices and lots count, and `began` of the exchange's
    ///   entry: now, unless the caller took it before. The ticket has it.
    func admit(
        _ balance: BalanceID, exchange: ExchangeID, hold: Money, at moment: Timestamp? = nil
    ) throws(AdmissionError) -> HoldTicket {
        switch condition {
        case .open: break
        case .diskFull: throw .diskFull
        case .syncFailed: throw .syncFailed
        }
        let began = moment ?? now
        do throws(LedgerError) {
            try ledger.admit(balance, exchange: exchange, hold: hold, at: began)
        } catch let error {
            throw .refused(error)
        }
        do throws(FileError) {
            let slot = try inflight.open(
                InflightSlot(
                    exchange: exchange, balance: balance, began: began,
                    hold: Int64(clamping: hold.picodollars), ledgerOffset: ledger.end))
            ledger.mark(exchange, slot)
            return HoldTicket(balance: balance, exchange: exchange, began: began, slot: slot)
        } catch {
            ledger.release(exchange)
            throw .diskFull
        }
    }

    /// The request's size is known: the hold becomes `hold`, of which `overdraft` need not be
    /// covered.
    func raise(_ ticket: HoldTicket, to hold: Money, overdraft: Money) throws(LedgerError) {
        check(ledger.holds[ticket.exchange]?.mark == ticket.slot, "a hold that is open")
        try ledger.raise(ticket.exchange, to: hold, overdraft: overdraft)
        inflight.update(ticket.slot, hold: Int64(clamping: hold.picodollars))
    }

    /// The request came to nothing before it was sent: no entry, the hold is free again.
    func drop(_ ticket: HoldTicket) {
        check(ledger.holds[ticket.exchange]?.mark == ticket.slot, "a hold that is open")
        check(queue.pending(ticket.exchange) == nil, "an exchange is posted or dropped")
        ledger.release(ticket.exchange)
        inflight.close(ticket.slot)
    }
}

// What the writer reports.
extension Books {
    /// Of books without a thread: does one piece of the writer's work and takes its result.
    func step() {
        _ = writer.step(isWaiting: false)
        receive()
    }

    /// Of books without a thread: what a kill leaves. Nothing more is written, nobody is told.
    func halt() {
        isClosed = true
        device.file.unlock()
        signal.close()
        relay.receive = nil
    }

    private func receive() {
        if isClosed { return }
        let news = writer.take()
        for result in news.results { settle(result) }
        for replaced in news.replaced {
            replacements.removeValue(forKey: replaced.number)?(replaced.error)
        }
        if news.condition != condition {
            condition = news.condition
            onConditionChange?(condition)
        }
        if case .syncFailed = condition {
            for done in queue.removeWaiting() { done(.syncFailed) }
        }
        // Whoever was told may have closed the books.
        if isClosed { return }
        postWaiting()
        if ledger.seq - checkpointSeq >= Self.checkpointEntries { writeCheckpoint() }
        if closing != nil { closeIfDrained() }
    }

    private func settle(_ result: LedgerResult) {
        let submission = result.submission
        let done = queue.finish(submission.ticket)
        switch result.outcome {
        case .durable(let line):
            let hold = line.line.entry.exchangeID.flatMap { ledger.holds[$0] }
            apply(line)
            if let hold { inflight.close(hold.mark) }
            done(
                submission.isAbandoned
                    ? .voided : .durable(seq: line.line.seq, at: line.line.at))
        // The slot stays open: at the next start it tells which charge the client may not know of.
        case .syncFailed: done(.syncFailed)
        case .closed: done(.closed)
        }
    }

    private func apply(_ line: WrittenLine) {
        do throws(LedgerError) {
            try ledger.apply(line.line, offset: line.offset, length: line.length)
        } catch let error {
            // The line is on the disk; to go on would be to serve from other books than it makes.
            Log.line("stopped: the books refuse line \(line.line.seq): \(error.text)")
            preconditionFailure("an entry is checked before it is written")
        }
    }
}

// Small files, quiet moments, the end.
extension Books {
    /// Replaces a small file atomically on the writer's thread: temp file, sync, rename, sync of
    /// the folder.
    /// - Parameter mode: nil for a file that is not ours alone and keeps its mode and owner.
    func replaceFile(
        _ path: String, _ bytes: [UInt8], mode: UInt32?, done: @escaping (FileError?) -> Void
    ) {
        check(!isClosed, "the books are open")
        let number = nextReplacement
        nextReplacement += 1
        replacements[number] = done
        writer.replace(FileReplacement(number: number, path: path, bytes: bytes, mode: mode))
    }

    /// To be called about once a second while little happens: verifies a part of what a start from
    /// the checkpoint did not read, and writes a checkpoint when there is something new.
    /// - Returns: whether a part was verified.
    @discardableResult
    func idle() -> Bool {
        check(!isClosed, "the books are open")
        let isChecking = idleCheck != nil
        stepIdleCheck()
        if queue.count == 0 && ledger.seq > checkpointSeq { writeCheckpoint() }
        return isChecking
    }

    /// Writes what is under way, a checkpoint, and ends the writer's thread. Then nothing may be
    /// called any more. Entries that a failing disk does not take are refused with `.closed`; their
    /// exchanges become `void` at the next start.
    func close(done: @escaping () -> Void) {
        check(closing == nil && !isClosed, "books are closed once")
        closing = done
        closeIfDrained()
    }

    private func writeCheckpoint() {
        guard !isCheckpointing, closing == nil else { return }
        isCheckpointing = true
        let seq = ledger.seq
        replaceFile(
            folder.checkpoint, Checkpoint.encode(ledger), mode: 0o600
        ) { error in
            self.isCheckpointing = false
            // It is only a short cut; a disk that does not take it is asked again later.
            if error == nil { self.checkpointSeq = seq }
        }
    }

    private func stepIdleCheck() {
        guard let check = idleCheck else { return }
        switch check.step(bytes: Self.idleBytes) {
        case .more: break
        case .intact: idleCheck = nil
        case .damaged(let damage):
            idleCheck = nil
            onDamage?(damage)
        }
    }

    private func closeIfDrained() {
        guard let done = closing, queue.count == 0 || condition != .open else { return }
        writer.stop()
        isClosed = true
        let news = writer.take()
        for result in news.results { settle(result) }
        for replaced in news.replaced {
            replacements.removeValue(forKey: replaced.number)?(replaced.error)
        }
        condition = news.condition
        for waiting in queue.removeWaiting() { waiting(.closed) }
        if condition == .open && ledger.seq > checkpointSeq { writeLastCheckpoint() }
        // Whoever still holds these books must not keep the next process out.
        device.file.unlock()
        signal.close()
        relay.receive = nil
        closing = nil
        done()
    }

    private func writeLastCheckpoint() {
        let bytes = Checkpoint.encode(ledger)
        do throws(FileError) {
            try Files.replace(folder.checkpoint, bytes, mode: 0o600)
        } catch {
            // The next start reads the ledger from the older one, or from the beginning.
            return
        }
    }
}
