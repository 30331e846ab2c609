extension Balance {
    /// How long a refund stays when it comes to a pool that is over or never was.
    static let refundDays: Int64 = 30

    /// What one of its lines makes of the balance's money, in the ledger and in a statement alike.
    /// The line was checked before; its place and its keys are the ledger's affair.
    mutating func take(_ line: LedgerLine) {
        switch line.entry {
        case .topup(let entry):
            creditPool(
                paid: entry.paid, bonus: entry.bonus, expires: entry.expires, at: line.at,
                seq: line.seq)
        case .grant(let entry): addGrant(entry, seq: line.seq)
        case .extend(let entry): extend(to: entry.expires)
        case .pass(let entry): passExpires = entry.expires
        case .charge(let entry):
            let before = remaining
            spend(entry.amount, began: entry.began)
            precondition(remaining == before - entry.amount, "a charge takes its amount")
        case .expire(let entry):
            guard let index = lots.firstIndex(where: { $0.seq == entry.lot }) else {
                preconditionFailure("an expired lot was checked to exist")
            }
            removeLot(index)
        case .refund(let entry): take(entry, line)
        case .balance, .void: break
        case .ledger, .prices, .note: preconditionFailure("a line of no balance")
        }
    }

    private mutating func take(_ entry: RefundEntry, _ line: LedgerLine) {
        if entry.paid + entry.bonus < .zero {
            guard let index = lotIndex(ofEntry: entry.entry) else {
                preconditionFailure("a refund's lot was checked to exist")
            }
            take(paid: -entry.paid, bonus: -entry.bonus, fromLot: index)
            return
        }
        var expires = line.at.adding(days: Balance.refundDays)
        if let current = poolExpires, current > line.at { expires = current }
        creditPool(
            paid: entry.paid, bonus: entry.bonus, expires: expires, at: line.at, seq: line.seq)
    }
}
