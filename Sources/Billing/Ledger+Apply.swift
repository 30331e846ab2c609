extension Ledger {
    /// How long a refund stays when it comes to a pool that is over or never was.
    static let refundDays: Int64 = 30

    /// Applies one line that begins at `offset` and is `length` bytes long, its end included. The
    /// only place where an entry takes effect. Throws before anything has changed.
    public mutating func apply(
        _ line: LedgerLine, offset: Int64, length: Int64
    ) throws(LedgerError) {
        precondition(offset == end, "lines are applied where the last one ended")
        precondition(length > 0, "a line has bytes")
        let before = line.entry.balanceID.flatMap { indices[$0] }
        try checkPlace(line, before)
        guard try check(line.entry, at: line.at) == .apply else { throw .alreadyApplied }
        perform(line)
        seq = line.seq
        at = line.at
        chain = line.chain
        end = offset + length
        if let position = line.position {
            // The one line that finds no balance before it opens the last one.
            let index = before ?? balances.count - 1
            precondition(balances[index].isSound, "a balance is unsound after an entry")
            balances[index].tip = BalanceTip(n: position.n, offset: offset, link: position.link)
        }
    }

    private func checkPlace(_ line: LedgerLine, _ balance: Int?) throws(LedgerError) {
        if line.seq != seq + 1 { throw .sequenceBroken }
        if line.at < at { throw .timeWentBack }
        guard let position = line.position else { return }
        let tip = balance.map { balances[$0].tip } ?? .none
        if position.n != tip.n + 1 || position.prev != tip.offset { throw .positionBroken }
    }

    private mutating func perform(_ line: LedgerLine) {
        switch line.entry {
        case .ledger(let entry): id = entry.id
        case .prices(let entry): tables.insert(entry.digest)
        case .note: break
        case .balance(let entry):
            indices[entry.balance] = balances.count
            balances.append(Balance(entry))
        case .topup(let entry):
            payments[entry.payment] = .topup(entry.balance, entry.paid)
            change(entry.balance) {
                $0.creditPool(
                    paid: entry.paid, bonus: entry.bonus, expires: entry.expires, at: line.at,
                    seq: line.seq)
            }
        case .grant(let entry):
            ids[entry.id] = .grant(entry.balance, entry.amount, label: entry.label)
            change(entry.balance) { $0.addGrant(entry, seq: line.seq) }
        case .extend(let entry):
            change(entry.balance) { $0.extend(to: entry.expires) }
        case .pass(let entry):
            payments[entry.payment] = .pass(entry.balance, weeks: entry.weeks, entry.paid)
            change(entry.balance) { $0.passExpires = entry.expires }
        case .charge(let entry): perform(entry, on: line.at.day)
        case .void(let entry): release(entry.id)
        case .expire(let entry):
            change(entry.balance) { balance in
                guard let index = balance.lots.firstIndex(where: { $0.seq == entry.lot }) else {
                    preconditionFailure("an expired lot was checked to exist")
                }
                balance.removeLot(index)
            }
        case .refund(let entry): perform(entry, line)
        }
    }

    private mutating func perform(_ entry: ChargeEntry, on day: CivilDay) {
        release(entry.id)
        guard let index = indices[entry.balance] else {
            preconditionFailure("a charged balance was checked to exist")
        }
        let before = balances[index].remaining
        let amount = entry.amount
        balances[index].spend(amount, began: entry.began)
        precondition(balances[index].remaining == before - amount, "a charge takes its amount")
        usage.add(entry, balance: index, on: day)
    }

    private mutating func perform(_ entry: RefundEntry, _ line: LedgerLine) {
        ids[entry.id] = .refund(entry.balance, entry: entry.entry)
        refunded.insert(entry.entry)
        change(entry.balance) { balance in
            if entry.paid + entry.bonus < .zero {
                guard let index = balance.lotIndex(ofEntry: entry.entry) else {
                    preconditionFailure("a refund's lot was checked to exist")
                }
                balance.take(paid: -entry.paid, bonus: -entry.bonus, fromLot: index)
                return
            }
            var expires = line.at.adding(days: Ledger.refundDays)
            if let current = balance.poolExpires, current > line.at { expires = current }
            balance.creditPool(
                paid: entry.paid, bonus: entry.bonus, expires: expires, at: line.at, seq: line.seq)
        }
    }

    private mutating func change(_ id: BalanceID, _ body: (inout Balance) -> Void) {
        guard let index = indices[id] else {
            preconditionFailure("an entry's balance was checked to exist")
        }
        body(&balances[index])
    }
}
