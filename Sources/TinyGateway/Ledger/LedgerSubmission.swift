import Billing

/// One entry on its way to the file.
struct LedgerSubmission: Sendable {
    /// Counts up by one; results come back in this order.
    let ticket: Int64
    /// What is written: after `abandon` the `void` in place of the charge.
    var entry: LedgerEntry
    /// When it was posted. The line's own time is never before the previous line's.
    let at: Timestamp
    var isAbandoned = false
}

/// What became of a submission.
struct LedgerResult: Sendable {
    enum Outcome: Equatable, Sendable {
        case durable(WrittenLine)
        case syncFailed
        /// The writer was closed before the entry could be written.
        case closed
    }

    let submission: LedgerSubmission
    let outcome: Outcome
}
