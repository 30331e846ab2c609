/// Whether the ledger takes entries that cost money.
enum LedgerCondition: Equatable, Sendable {
    case open
    /// The last write failed (errno) and is tried again every second; usually the disk is full.
    case diskFull(code: Int32)
    /// A sync failed (errno): what the file holds is not known any more. Final for this process.
    case syncFailed(code: Int32)
}
