extension Ledger {
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
        case .prices(let entry): tables[entry.digest] = end
        case .note: return
        case .balance(let entry):
            indices[entry.balance] = balances.count
            balances.append(Balance(entry))
        case .topup(let entry): payments[entry.payment] = .topup(entry.balance, entry.paid)
        case .grant(let entry):
            ids[entry.id] = .grant(entry.balance, entry.amount, label: entry.label)
        case .pass(let entry):
            payments[entry.payment] = .pass(entry.balance, weeks: entry.weeks, entry.paid)
        case .charge(let entry): release(entry.id)
        case .void(let entry): release(entry.id)
        case .refund(let entry):
            ids[entry.id] = .refund(entry.balance, entry: entry.entry)
            refunded.insert(entry.entry)
        case .extend, .expire: break
        }
        guard let balance = line.entry.balanceID else { return }
        guard let index = indices[balance] else {
            preconditionFailure("an entry's balance was checked to exist")
        }
        balances[index].take(line)
        if case .charge(let entry) = line.entry {
            usage.add(entry, balance: index, on: line.at.day)
        }
    }
}
