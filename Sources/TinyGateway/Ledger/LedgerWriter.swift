import Billing
import CUV

/// Writes the ledger on a thread of its own: everything queued when the writer begins goes out in
/// one write and one sync.
///
/// The loop's side is `submit`, `begin`, `abandon`, `replace`, `take`, `stop`; `wake` is called on
/// the writer's thread whenever there is something to `take`. Results come in the order of the
/// tickets.
final class LedgerWriter: @unchecked Sendable {
    /// Entries of one batch. Bounds the bytes of a write, and how long the first of them waits for
    /// the last.
    static let batchEntriesMax = 4_096

    /// Everything that both threads touch.
    private struct Shared {
        var queue: [LedgerSubmission] = []
        /// The queue is to be written.
        var isBegun = false
        /// Taken from the queue and not durable yet.
        var batch: [LedgerSubmission] = []
        /// The batch is being written: what stands in it can no longer be changed.
        var isWriting = false
        var replacements: [FileReplacement] = []
        var results: [LedgerResult] = []
        var replaced: [FileReplaced] = []
        var condition = LedgerCondition.open
        var isStopping = false
    }

    /// What there is to `take`, in order.
    struct News {
        var results: [LedgerResult]
        var replaced: [FileReplaced]
        var condition: LedgerCondition
    }

    private enum Attempt {
        case durable
        case writeFailed(code: Int32)
        case syncFailed(code: Int32)
    }

    private enum Work {
        case none
        case write
        case replace(FileReplacement)
        case stop
    }

    private let device: LedgerDevice
    private let wake: @Sendable () -> Void
    private let lock = Lock()
    private let changed = Condition()
    private var shared = Shared()
    private var thread: Thread?

    // The writer's thread alone.
    private var durable: LedgerTail
    private let builder = LineBuilder()
    /// A write failed: bytes may stand behind the durable end.
    private var isCutNeeded = false

    /// - Parameters:
    ///   - tail: where the file ends; every byte before it is durable.
    ///   - isThreaded: false where somebody calls `step` instead, so that a simulation repeats.
    init(
        _ device: LedgerDevice, after tail: LedgerTail, isThreaded: Bool,
        wake: @escaping @Sendable () -> Void
    ) {
        self.device = device
        self.wake = wake
        durable = tail
        if isThreaded { thread = Thread { [self] in while step(isWaiting: true) {} } }
    }

    /// To be written after the next `begin`.
    func submit(_ submission: LedgerSubmission) {
        lock.withLock {
            check(!shared.isStopping, "nothing is posted after close")
            shared.queue.append(submission)
        }
    }

    /// Lets the writer take what was submitted.
    func begin() {
        lock.withLock { shared.isBegun = true }
        // Behind the lock: whoever is woken inside of it falls asleep on it again.
        changed.signal()
    }

    /// Turns the entry of this ticket into `void`, if it is not on its way to the disk.
    /// - Returns: false while it is being written, and once it was.
    func abandon(ticket: Int64, void: LedgerEntry) -> Bool {
        lock.withLock {
            if !shared.isWriting, Self.abandon(ticket, void, in: &shared.batch) { return true }
            return Self.abandon(ticket, void, in: &shared.queue)
        }
    }

    func replace(_ replacement: FileReplacement) {
        lock.withLock {
            check(!shared.isStopping, "nothing is replaced after close")
            shared.replacements.append(replacement)
            changed.signal()
        }
    }

    /// What has happened since the last call.
    func take() -> News {
        lock.withLock {
            let news = News(
                results: shared.results, replaced: shared.replaced, condition: shared.condition)
            shared.results.removeAll()
            shared.replaced.removeAll()
            return news
        }
    }

    /// Writes what is queued, once more if the disk is failing, and ends the thread. Blocks for
    /// that long; then `take` has the last results.
    func stop() {
        lock.withLock {
            shared.isStopping = true
            changed.signal()
        }
        guard let running = thread else {
            while step(isWaiting: false) {}
            return
        }
        running.join()
        thread = nil
    }

    private static func abandon(
        _ ticket: Int64, _ void: LedgerEntry, in list: inout [LedgerSubmission]
    ) -> Bool {
        guard let index = list.firstIndex(where: { $0.ticket == ticket }) else { return false }
        list[index].entry = void
        list[index].isAbandoned = true
        return true
    }
}

// The writer's thread.
extension LedgerWriter {
    /// One batch or one small file.
    /// - Returns: false when there is nothing to do, or nothing more to come.
    func step(isWaiting: Bool) -> Bool {
        switch nextWork(isWaiting: isWaiting) {
        case .write: writeBatch()
        case .replace(let replacement): perform(replacement)
        case .none, .stop: return false
        }
        return true
    }

    private func nextWork(isWaiting: Bool) -> Work {
        lock.withLock {
            while true {
                let isDue = shared.isBegun || shared.isStopping || !isWaiting
                if (isDue && !shared.queue.isEmpty) || !shared.batch.isEmpty { return .write }
                if !shared.replacements.isEmpty {
                    return .replace(shared.replacements.removeFirst())
                }
                if shared.isStopping { return .stop }
                if !isWaiting { return .none }
                changed.wait(lock)
            }
        }
    }

    /// One attempt at a batch: its results, or a pause before the next attempt.
    private func writeBatch() {
        if isRefusing() { return }
        let submissions = beginWriting()
        let batch = LedgerBatch(submissions, after: durable, using: builder)
        switch attempt(batch) {
        case .durable:
            for line in batch.lines { durable.advance(line) }
            finish(submissions, batch.lines)
        case .writeFailed(let code): pause(after: code)
        case .syncFailed(let code): refuseAll(.syncFailed, .syncFailed(code: code))
        }
    }

    /// What is posted after a failed sync, before the loop has heard of it.
    private func isRefusing() -> Bool {
        let condition = lock.withLock { shared.condition }
        guard case .syncFailed = condition else { return false }
        refuseAll(.syncFailed, condition)
        return true
    }

    private func beginWriting() -> [LedgerSubmission] {
        lock.withLock {
            if shared.batch.isEmpty, shared.queue.count <= Self.batchEntriesMax {
                shared.batch = shared.queue
                shared.queue = []
                shared.isBegun = false
            } else if shared.batch.isEmpty {
                let count = Self.batchEntriesMax
                shared.batch = Array(shared.queue[..<count])
                shared.queue.removeFirst(count)
            }
            shared.isWriting = true
            return shared.batch
        }
    }

    private func attempt(_ batch: LedgerBatch) -> Attempt {
        if isCutNeeded {
            let cut = device.truncate(to: durable.end)
            guard cut == 0 else { return .writeFailed(code: Int32(-cut)) }
            isCutNeeded = false
        }
        let written = device.write(batch.bytes.span, offset: durable.end)
        guard written == Int64(batch.bytes.count) else {
            isCutNeeded = true
            let cut = device.truncate(to: durable.end)
            isCutNeeded = cut != 0
            // A short write says nothing; what it nearly always means is that the disk is full.
            return .writeFailed(code: written < 0 ? Int32(-written) : ENOSPC)
        }
        let synced = device.sync()
        return synced == 0 ? .durable : .syncFailed(code: Int32(-synced))
    }

    private func finish(_ submissions: [LedgerSubmission], _ lines: [WrittenLine]) {
        check(submissions.count == lines.count, "one line a submission")
        lock.withLock {
            for index in submissions.indices {
                shared.results.append(
                    LedgerResult(
                        submission: submissions[index], outcome: .durable(lines[index])))
            }
            shared.batch.removeAll()
            shared.isWriting = false
            shared.condition = .open
        }
        wake()
    }

    /// Lets the batch wait for its next attempt. While it waits, its entries can be abandoned. When
    /// the writer is stopping, everything that is left is refused.
    private func pause(after code: Int32) {
        let isStopping = lock.withLock {
            shared.isWriting = false
            shared.condition = .diskFull(code: code)
            return shared.isStopping
        }
        if isStopping {
            return refuseAll(.closed, .diskFull(code: code))
        }
        wake()
        var pause = device.retryPause
        lock.withLock {
            // Signals for new entries end a wait early; the disk gets its second nevertheless.
            while !shared.isStopping && pause > Milliseconds(0) {
                let began = uv_hrtime()
                changed.wait(lock, atMost: pause)
                pause = pause - Milliseconds(Int64((uv_hrtime() - began) / 1_000_000) + 1)
            }
        }
    }

    /// Nothing that waits can become durable any more.
    private func refuseAll(_ outcome: LedgerResult.Outcome, _ condition: LedgerCondition) {
        lock.withLock {
            for submission in shared.batch + shared.queue {
                shared.results.append(LedgerResult(submission: submission, outcome: outcome))
            }
            shared.batch.removeAll()
            shared.queue.removeAll()
            shared.isWriting = false
            shared.condition = condition
        }
        wake()
    }

    private func perform(_ replacement: FileReplacement) {
        var error: FileError?
        do throws(FileError) {
            if let mode = replacement.mode {
                try Files.replace(replacement.path, replacement.bytes, mode: mode)
            } else {
                try SharedFile.replace(replacement.path, replacement.bytes)
            }
        } catch let failure {
            error = failure
        }
        lock.withLock {
            shared.replaced.append(FileReplaced(number: replacement.number, error: error))
        }
        wake()
    }
}
