import Billing

/// What became of a posted entry.
enum PostOutcome: Equatable {
    /// On the disk and applied.
    case durable(seq: Int64, at: Timestamp)
    /// The same entry was posted before under the same key: success, and nothing was written.
    case repeated
    case refused(LedgerError)
    /// Abandoned in time: a `void` with the reason `disk` stands in its place.
    case voided
    /// The disk failed to sync: what the file holds is not known until a restart.
    case syncFailed
    /// The books were closed before the entry could be written.
    case closed
}
