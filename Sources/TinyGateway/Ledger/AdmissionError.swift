import Billing

/// Why a request may not take a hold, in the order in which it is checked.
enum AdmissionError: Error, Equatable {
    /// A sync has failed; no billable work until a restart.
    case syncFailed
    /// The disk takes no entries, or no further slot of `inflight`.
    case diskFull
    case refused(LedgerError)
}
