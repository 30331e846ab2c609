/// The state that the ledger's entries add up to. `apply` is the only place where one changes it,
/// in a replay and live alike, and depends on nothing but the entries; holds are beside it, in
/// memory only. Its size follows from balances, keys and days, never from the number of entries.
public struct Ledger: Hashable, Sendable {
    /// Which ledger it is; `nil` before the first line.
    public internal(set) var id: LedgerID?
    /// The last entry's `seq`, which is how many there are.
    public internal(set) var seq: Int64 = 0
    /// The last entry's moment; the next may not be before it.
    public internal(set) var at = Timestamp(millisecondsSince1970: 0)
    /// The offset behind the last line, where the next one begins.
    public internal(set) var end: Int64 = 0
    /// The last line's chain.
    public internal(set) var chain = LinkHash.zero
    /// In the order in which they were opened.
    public internal(set) var balances: [Balance] = []
    /// The open holds by exchange.
    public internal(set) var holds: [ExchangeID: Hold] = [:]
    var indices: [BalanceID: Int] = [:]
    /// Each price table and where its line begins, so that nobody has to search for it.
    var tables: [TableDigest: Int64] = [:]
    /// Keys of top-ups and passes.
    var payments: [PaymentKey: KeyedContent] = [:]
    /// Keys of grants and refunds.
    var ids: [PaymentKey: KeyedContent] = [:]
    /// The entries that were refunded.
    var refunded: Set<Int64> = []
    var usage = UsageRollup()

    public init() {}

    // MARK: Queries

    public func balance(_ id: BalanceID) -> Balance? {
        guard let index = indices[id] else { return nil }
        return balances[index]
    }

    /// What can be admitted on; zero for a balance that does not exist.
    public func available(_ id: BalanceID, at moment: Timestamp) -> Money {
        guard let index = indices[id] else { return .zero }
        return balances[index].available(at: moment)
    }

    /// Whether a price table stands in the ledger; a charge may name only such a one.
    public func knows(_ table: TableDigest) -> Bool { tables[table] != nil }

    /// Where the line of a price table begins.
    public func offset(of table: TableDigest) -> Int64? { tables[table] }

    /// Every table of the ledger, in no order.
    public var tableDigests: [TableDigest] { tables.keys.map { $0 } }

    /// The table that was written last.
    public var lastTable: TableDigest? {
        var last: (digest: TableDigest, offset: Int64)?
        for (digest, offset) in tables where offset > last?.offset ?? -1 { last = (digest, offset) }
        return last?.digest
    }

    /// What was charged by the row for unknown models, by the model's own name.
    public var unknownModels: [UnknownModel] { usage.unknownModels }

    /// Where the next line of a balance continues; `BalanceTip.none` for one not opened yet.
    public func tip(of id: BalanceID) -> BalanceTip {
        guard let index = indices[id] else { return .none }
        return balances[index].tip
    }

    /// The expiries that can be booked at a moment: lots whose time is over, and that no exchange
    /// admitted before is still running on. Each as an entry; apply them in this order.
    public func dueExpiries(at moment: Timestamp) -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        for balance in balances {
            guard let first = balance.lots.first, first.expires <= moment else { continue }
            let earliest = earliestHold(on: balance)
            for lot in balance.lots where lot.expires <= moment {
                if let earliest, earliest < lot.expires { continue }
                entries.append(
                    .expire(
                        ExpireEntry(
                            balance: balance.id, lot: lot.seq, paid: lot.paid, bonus: lot.bonus)))
            }
        }
        return entries
    }

    /// When the next lot is over, for a timer; may be past while holds keep a lot.
    public var nextExpiry: Timestamp? {
        var next: Timestamp?
        for balance in balances {
            guard let first = balance.lots.first else { continue }
            next = min(next ?? first.expires, first.expires)
        }
        return next
    }

    /// When the oldest exchange still under way on a balance was admitted.
    func earliestHold(on balance: Balance) -> Timestamp? {
        if balance.holdCount == 0 { return nil }
        var earliest: Timestamp?
        for hold in holds.values where hold.balance == balance.id {
            earliest = min(earliest ?? hold.admitted, hold.admitted)
        }
        return earliest
    }
}
