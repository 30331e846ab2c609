/// Where a line stands among the lines of its balance.
public struct BalancePosition: Hashable, Sendable {
    /// 1, 2, 3 ... within the balance.
    public var n: Int64
    /// Offset of the balance's previous line in the ledger; 0, where no balance's line can be, for
    /// its first.
    public var prev: Int64
    /// The chain over the lines of the balance.
    public var link: LinkHash

    public init(n: Int64, prev: Int64, link: LinkHash) {
        self.n = n
        self.prev = prev
        self.link = link
    }
}
