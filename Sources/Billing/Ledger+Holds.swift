extension Ledger {
    /// Admits an exchange: something has to be available, and `hold` is held from now on.
    ///
    /// Throws `unknownBalance`, `wrongService`, `exchangeHeld`, `expired` or `usedUp`.
    public mutating func admit(
        _ balance: BalanceID, exchange: ExchangeID, hold: Money, at moment: Timestamp
    ) throws(LedgerError) {
        precondition(hold >= .zero, "a hold is never negative")
        guard let index = indices[balance] else { throw .unknownBalance }
        guard balances[index].service.hasMoney else { throw .wrongService }
        if holds[exchange] != nil { throw .exchangeHeld }
        guard balances[index].available(at: moment) > .zero else {
            throw balances[index].isExpired(at: moment) ? .expired : .usedUp
        }
        holds[exchange] = Hold(balance: balance, amount: hold, admitted: moment)
        balances[index].held += hold
        balances[index].holdCount += 1
        precondition(balances[index].isSound, "a balance is unsound after admitting")
    }

    /// Raises the hold to what the whole request may cost, if what is available without it (on the
    /// lots of its admission) and `overdraft` cover that. A hold never becomes smaller. On an
    /// error it stays as it was.
    ///
    /// Throws `unknownExchange` or `overdraftReached`.
    public mutating func raise(
        _ exchange: ExchangeID, to amount: Money, overdraft: Money
    ) throws(LedgerError) {
        precondition(amount >= .zero && overdraft >= .zero, "a hold is never negative")
        guard var hold = holds[exchange] else { throw .unknownExchange }
        guard let index = indices[hold.balance] else {
            preconditionFailure("a hold on a balance that does not exist")
        }
        let wanted = max(amount, hold.amount)
        let others = balances[index].available(at: hold.admitted) + hold.amount
        guard others + overdraft >= wanted else { throw .overdraftReached }
        balances[index].held += wanted - hold.amount
        hold.amount = wanted
        holds[exchange] = hold
        precondition(balances[index].isSound, "a balance is unsound after raising a hold")
    }

    /// Gives an open hold its mark.
    public mutating func mark(_ exchange: ExchangeID, _ mark: Int) {
        holds[exchange]?.mark = mark
    }

    /// Lets a hold go without an entry: nothing was sent. Returns whether there was one.
    @discardableResult
    public mutating func release(_ exchange: ExchangeID) -> Bool {
        guard let hold = holds.removeValue(forKey: exchange) else { return false }
        guard let index = indices[hold.balance] else {
            preconditionFailure("a hold on a balance that does not exist")
        }
        balances[index].held -= hold.amount
        balances[index].holdCount -= 1
        precondition(balances[index].isSound, "a balance is unsound after a release")
        return true
    }
}
