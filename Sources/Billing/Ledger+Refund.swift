extension Ledger {
    /// The entry that takes back the entry of `line`, which the caller read from the ledger file.
    ///
    /// A charge is credited to the pool, paid and bonus money in the pool's proportion (paid money
    /// when the pool is empty, bonus when there never was one). A top-up or grant is taken out as
    /// far as it is still there. An id that is already booked gives an entry for which `check`
    /// says whether it is the same one.
    ///
    /// Throws `unknownBalance`, `notRefundable`, `alreadyRefunded` or `nothingToRefund`.
    public func refund(of line: LedgerLine, id: PaymentKey) throws(LedgerError) -> RefundEntry {
        guard let balanceID = line.entry.balanceID else { throw .notRefundable }
        guard let balance = balance(balanceID) else { throw .unknownBalance }
        var refund = RefundEntry(
            balance: balanceID, entry: line.seq, paid: .zero, bonus: .zero, id: id)
        if ids[id] != nil { return refund }
        if refunded.contains(line.seq) { throw .alreadyRefunded }
        switch line.entry {
        case .charge(let entry):
            var pool = Lot(
                seq: 0, kind: .pool, label: "", paid: .zero, bonus: .zero, expires: line.at)
            if let index = balance.poolIndex { pool = balance.lots[index] }
            refund.bonus = Ledger.bonusPart(of: entry.amount, pool, balance.poolExpires == nil)
            refund.paid = entry.amount - refund.bonus
        case .topup(let entry):
            guard let index = balance.poolIndex else { throw .nothingToRefund }
            refund.paid = -min(entry.paid, balance.lots[index].paid)
            refund.bonus = -min(entry.bonus, balance.lots[index].bonus)
        case .grant:
            guard let lot = balance.lots.first(where: { $0.seq == line.seq && $0.kind == .grant })
            else { throw .nothingToRefund }
            refund.bonus = -lot.bonus
        case .ledger, .prices, .balance, .extend, .pass, .void, .expire, .refund, .note:
            throw .notRefundable
        }
        if refund.paid + refund.bonus == .zero { throw .nothingToRefund }
        return refund
    }

    private static func bonusPart(of amount: Money, _ pool: Lot, _ hadNoPool: Bool) -> Money {
        if hadNoPool { return amount }
        if pool.total == .zero { return .zero }
        let unit = Money.unit.picodollars
        return amount.share(pool.bonus.picodollars / unit, of: pool.total.picodollars / unit)
    }
}
