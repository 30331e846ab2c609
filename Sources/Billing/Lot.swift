/// Credit of one balance that expires together: the pool of its top-ups, or one grant.
public struct Lot: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        case grant
        case pool
    }

    /// The `seq` of the entry that opened it.
    public let seq: Int64
    public let kind: Kind
    /// A grant's label; empty for the pool.
    public let label: String
    /// Never negative; zero for grants.
    public internal(set) var paid: Money
    /// Never negative. Of a grant, all of it.
    public internal(set) var bonus: Money
    public internal(set) var expires: Timestamp

    public var total: Money { paid + bonus }

    /// Takes `amount`: bonus money in proportion, rounded down to 0.0001 USD, the rest paid money.
    mutating func spend(_ amount: Money) {
        precondition(amount >= .zero && amount <= total, "a lot is never overspent")
        if amount == .zero { return }
        let unit = Money.unit.picodollars
        let fromBonus = amount.share(bonus.picodollars / unit, of: total.picodollars / unit)
        bonus -= fromBonus
        paid -= amount - fromBonus
        precondition(paid >= .zero && bonus >= .zero, "a part of a lot is never overspent")
    }

    /// The order of spending: earliest expiry, then the grant, then the older one.
    static func isSpentBefore(_ left: Lot, _ right: Lot) -> Bool {
        if left.expires != right.expires { return left.expires < right.expires }
        if left.kind != right.kind { return left.kind == .grant }
        return left.seq < right.seq
    }
}
