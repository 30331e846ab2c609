/// The last line of a balance, which its next line continues.
public struct BalanceTip: Hashable, Sendable {
    /// How many lines the balance has.
    public var n: Int64
    /// Where the last one begins in the ledger.
    public var offset: Int64
    public var link: LinkHash

    /// Before the first line.
    public static let none = BalanceTip(n: 0, offset: 0, link: .zero)

    public init(n: Int64, offset: Int64, link: LinkHash) {
        self.n = n
        self.offset = offset
        self.link = link
    }
}
