public typealias BalanceState = Balance

/// A prepaid balance, or a Link pass: what its entries add up to, and what is held of it.
///
/// Its money is a pool (all top-ups, one expiry) and one lot for each grant. What is charged beyond
/// them is a debt that the next credit pays first. A lot whose time is over can no longer be
/// spent by what is admitted after it, but its money is only gone with its `expire` entry.
public struct Balance: Hashable, Sendable {
    public let id: BalanceID
    public let account: AccountID
    public let service: Service
    public let label: String
    /// In the order in which they are spent; none is empty.
    public internal(set) var lots: [Lot] = []
    /// What was charged beyond all lots. Never negative.
    public internal(set) var debt = Money.zero
    /// The pool's expiry, also when nothing is in the pool; `nil` before the first top-up.
    public internal(set) var poolExpires: Timestamp?
    /// The latest expiry of any grant.
    public internal(set) var grantsExpire: Timestamp?
    /// The end of the pass; `nil` before the first one, and for Pay and Boost.
    public internal(set) var passExpires: Timestamp?
    /// The sum of the open holds, and how many they are.
    public internal(set) var held = Money.zero
    public internal(set) var holdCount = 0
    /// The balance's last line in the ledger.
    public internal(set) var tip = BalanceTip.none

    init(_ entry: BalanceEntry) {
        self.id = entry.balance
        self.account = entry.account
        self.service = entry.service
        self.label = entry.label
    }

    /// All lots, also those whose expiry is not booked yet, less the debt.
    public var remaining: Money {
        var sum = -debt
        for lot in lots { sum += lot.total }
        return sum
    }

    /// What can still be admitted on: unexpired lots, less debt and holds. May be negative.
    public func available(at moment: Timestamp) -> Money {
        var sum = -debt - held
        for lot in lots where lot.expires > moment { sum += lot.total }
        return sum
    }

    /// When the last of the credit, or the pass, is over; `nil` when there never was any.
    public var expires: Timestamp? {
        if let passExpires { return passExpires }
        guard let poolExpires else { return grantsExpire }
        guard let grantsExpire else { return poolExpires }
        return max(poolExpires, grantsExpire)
    }

    public func isExpired(at moment: Timestamp) -> Bool {
        guard let expires else { return false }
        return expires <= moment
    }

    // MARK: Changes, all checked before

    /// Takes a charge from the lots that were alive when its exchange began; the rest is debt.
    mutating func spend(_ amount: Money, began: Timestamp) {
        var rest = amount
        for index in lots.indices where lots[index].expires > began && rest > .zero {
            let part = min(rest, lots[index].total)
            lots[index].spend(part)
            rest -= part
        }
        debt += rest
        dropEmptyLots()
    }

    /// Puts money into the pool, after its debt is paid, and moves the pool's expiry. What is left
    /// of a pool that was over at `moment` stays a lot of its own: it is not revived.
    mutating func creditPool(
        paid: Money, bonus: Money, expires: Timestamp, at moment: Timestamp, seq: Int64
    ) {
        precondition(paid >= .zero && bonus >= .zero, "a credit is never negative")
        precondition(expires > moment, "a pool that is over takes no credit")
        var credit = Lot(
            seq: seq, kind: .pool, label: "", paid: paid, bonus: bonus, expires: expires)
        payDebt(from: &credit)
        if let index = poolIndex, lots[index].expires > moment {
            lots[index].paid += credit.paid
            lots[index].bonus += credit.bonus
            lots[index].expires = expires
        } else {
            lots.append(credit)
        }
        poolExpires = expires
        dropEmptyLots()
        lots.sort(by: Lot.isSpentBefore)
    }

    mutating func addGrant(_ entry: GrantEntry, seq: Int64) {
        var credit = Lot(
            seq: seq, kind: .grant, label: entry.label, paid: .zero, bonus: entry.amount,
            expires: entry.expires)
        payDebt(from: &credit)
        lots.append(credit)
        if let latest = grantsExpire {
            grantsExpire = max(latest, entry.expires)
        } else {
            grantsExpire = entry.expires
        }
        dropEmptyLots()
        lots.sort(by: Lot.isSpentBefore)
    }

    mutating func extend(to expires: Timestamp) {
        if service == .link {
            passExpires = expires
            return
        }
        if let index = poolIndex { lots[index].expires = expires }
        poolExpires = expires
        lots.sort(by: Lot.isSpentBefore)
    }

    mutating func removeLot(_ index: Int) {
        lots.remove(at: index)
    }

    /// Takes back money of a top-up or grant.
    mutating func take(paid: Money, bonus: Money, fromLot index: Int) {
        precondition(paid >= .zero && paid <= lots[index].paid, "no more paid money than is there")
        precondition(bonus >= .zero && bonus <= lots[index].bonus, "no more bonus than is there")
        lots[index].paid -= paid
        lots[index].bonus -= bonus
        dropEmptyLots()
    }

    /// The pool that the next top-up would join, if anything is in it.
    var poolIndex: Int? {
        lots.lastIndex { $0.kind == .pool && $0.expires == poolExpires }
    }

    /// The lot that money of entry `seq` is in, if it opened a grant; else the pool.
    func lotIndex(ofEntry seq: Int64) -> Int? {
        lots.firstIndex { $0.kind == .grant && $0.seq == seq } ?? poolIndex
    }

    private mutating func payDebt(from credit: inout Lot) {
        let part = min(debt, credit.total)
        credit.spend(part)
        debt -= part
    }

    private mutating func dropEmptyLots() {
        lots.removeAll { $0.total == .zero }
    }

    /// What must always be true of it.
    var isSound: Bool {
        guard debt >= .zero, held >= .zero, holdCount >= 0 else { return false }
        if holdCount == 0 && held != .zero { return false }
        for index in lots.indices {
            let lot = lots[index]
            guard lot.paid >= .zero, lot.bonus >= .zero, lot.total > .zero else { return false }
            if lot.kind == .grant && lot.paid != .zero { return false }
            if index > 0 && !Lot.isSpentBefore(lots[index - 1], lot) { return false }
        }
        return true
    }
}
