/// One line of the ledger: an entry, its place, and what chains it to the lines before.
public struct LedgerLine: Hashable, Sendable {
    /// 1, 2, 3 ... in the ledger.
    public var seq: Int64
    public var at: Timestamp
    public var entry: LedgerEntry
    /// Of the lines of a balance, and of no others.
    public var position: BalancePosition?
    /// The last `seq` known durable when the line was written; in the first line of each batch.
    public var synced: Int64?
    public var chain: LinkHash

    public init(
        seq: Int64, at: Timestamp, entry: LedgerEntry, position: BalancePosition?,
        synced: Int64?, chain: LinkHash
    ) {
        precondition(
            (position != nil) == (entry.balanceID != nil), "lines of balances have a position")
        self.seq = seq
        self.at = at
        self.entry = entry
        self.position = position
        self.synced = synced
        self.chain = chain
    }
}
