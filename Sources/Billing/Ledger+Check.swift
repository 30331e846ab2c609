extension Ledger {
    static let labelBytesMax = 256
    static let noteBytesMax = 4096

    /// Whether an entry may be applied at a moment, without applying it. The refusals come in the
    /// order of `LedgerError`; a key that is already booked with the same content is `.repeated`,
    /// whatever became of the balance since.
    public func check(
        _ entry: LedgerEntry, at moment: Timestamp
    ) throws(LedgerError) -> Disposition {
        if case .ledger(let entry) = entry { return try check(entry) }
        if id == nil { throw .notOpened }
        switch entry {
        case .ledger(let entry): return try check(entry)
        case .prices(let entry):
            if tables[entry.digest] != nil { throw .tableAlreadyKnown }
            return .apply
        case .note(let entry):
            if entry.text.utf8.count > Ledger.noteBytesMax { throw .textTooLong }
            return .apply
        case .balance(let entry):
            if entry.label.utf8.count > Ledger.labelBytesMax { throw .textTooLong }
            if indices[entry.balance] != nil { throw .balanceExists }
            return .apply
        case .topup(let entry): return try check(entry, at: moment)
        case .grant(let entry): return try check(entry, at: moment)
        case .extend(let entry): return try check(entry)
        case .pass(let entry): return try check(entry, at: moment)
        case .charge(let entry): return try check(entry)
        case .void(let entry): return try check(entry)
        case .expire(let entry): return try check(entry, at: moment)
        case .refund(let entry): return try check(entry)
        }
    }

    private func check(_ entry: FormatEntry) throws(LedgerError) -> Disposition {
        if id != nil { throw .alreadyOpened }
        if entry.format != FormatEntry.current { throw .unknownFormat }
        return .apply
    }

    private func check(
        _ entry: TopupEntry, at moment: Timestamp
    ) throws(LedgerError) -> Disposition {
        _ = try moneyIndex(entry.balance)
        let content = KeyedContent.topup(entry.balance, entry.paid)
        if try isBooked(content, payments[entry.payment]) { return .repeated }
        guard entry.paid > .zero, entry.paid.isWhole, entry.bonus >= .zero, entry.bonus.isWhole
        else { throw .invalidAmount }
        if entry.expires <= moment { throw .expiryInPast }
        return .apply
    }

    private func check(
        _ entry: GrantEntry, at moment: Timestamp
    ) throws(LedgerError) -> Disposition {
        if entry.label.utf8.count > Ledger.labelBytesMax { throw .textTooLong }
        _ = try moneyIndex(entry.balance)
        let content = KeyedContent.grant(entry.balance, entry.amount, label: entry.label)
        if try isBooked(content, ids[entry.id]) { return .repeated }
        guard entry.amount > .zero, entry.amount.isWhole else { throw .invalidAmount }
        if entry.expires <= moment { throw .expiryInPast }
        return .apply
    }

    private func check(_ entry: ExtendEntry) throws(LedgerError) -> Disposition {
        guard let index = indices[entry.balance] else { throw .unknownBalance }
        let balance = balances[index]
        let current = balance.service == .link ? balance.passExpires : balance.poolExpires
        if current == nil { throw .nothingToExtend }
        return .apply
    }

    private func check(
        _ entry: PassEntry, at moment: Timestamp
    ) throws(LedgerError) -> Disposition {
        guard let index = indices[entry.balance] else { throw .unknownBalance }
        if balances[index].service != .link { throw .wrongService }
        let content = KeyedContent.pass(entry.balance, weeks: entry.weeks, entry.paid)
        if try isBooked(content, payments[entry.payment]) { return .repeated }
        guard entry.weeks > 0, entry.weeks <= PassEntry.weeksMax, entry.paid >= .zero,
            entry.paid.isWhole
        else { throw .invalidAmount }
        if entry.expires <= moment { throw .expiryInPast }
        return .apply
    }

    private func check(_ entry: ChargeEntry) throws(LedgerError) -> Disposition {
        if entry.response.utf8.count > Fact.bytesMax
            || entry.tier.utf8.count > Fact.bytesMax
        {
            throw .textTooLong
        }
        _ = try moneyIndex(entry.balance)
        try checkHold(entry.id, entry.balance)
        if tables[entry.table] == nil { throw .unknownTable }
        if entry.usage.odd != nil { throw .oddUsage }
        return .apply
    }

    private func check(_ entry: VoidEntry) throws(LedgerError) -> Disposition {
        if entry.response.utf8.count > Fact.bytesMax { throw .textTooLong }
        _ = try moneyIndex(entry.balance)
        try checkHold(entry.id, entry.balance)
        return .apply
    }

    private func check(
        _ entry: ExpireEntry, at moment: Timestamp
    ) throws(LedgerError) -> Disposition {
        let balance = balances[try moneyIndex(entry.balance)]
        guard let lot = balance.lots.first(where: { $0.seq == entry.lot }) else {
            throw .unknownLot
        }
        if lot.expires > moment { throw .lotNotDue }
        if let earliest = earliestHold(on: balance), earliest < lot.expires { throw .lotHeld }
        if lot.paid != entry.paid || lot.bonus != entry.bonus { throw .lotDiffers }
        return .apply
    }

    private func check(_ entry: RefundEntry) throws(LedgerError) -> Disposition {
        let balance = balances[try moneyIndex(entry.balance)]
        let content = KeyedContent.refund(entry.balance, entry: entry.entry)
        if try isBooked(content, ids[entry.id]) { return .repeated }
        guard entry.paid.isWhole, entry.bonus.isWhole else { throw .invalidAmount }
        if (entry.paid < .zero && entry.bonus > .zero)
            || (entry.paid > .zero && entry.bonus < .zero)
        {
            throw .invalidAmount
        }
        if entry.entry < 1 || entry.entry > seq { throw .notRefundable }
        if refunded.contains(entry.entry) { throw .alreadyRefunded }
        let sum = entry.paid + entry.bonus
        if sum == .zero { throw .nothingToRefund }
        if sum < .zero {
            guard let index = balance.lotIndex(ofEntry: entry.entry),
                balance.lots[index].paid >= -entry.paid, balance.lots[index].bonus >= -entry.bonus
            else { throw .nothingToRefund }
        }
        return .apply
    }

    /// The index of a balance that holds money.
    private func moneyIndex(_ balance: BalanceID) throws(LedgerError) -> Int {
        guard let index = indices[balance] else { throw .unknownBalance }
        if !balances[index].service.hasMoney { throw .wrongService }
        return index
    }

    private func isBooked(
        _ content: KeyedContent, _ booked: KeyedContent?
    ) throws(LedgerError) -> Bool {
        guard let booked else { return false }
        if booked != content { throw .keyHasOtherContent }
        return true
    }

    /// In a replay nothing is held; live, the exchange's hold has to be on the same balance.
    private func checkHold(_ exchange: ExchangeID, _ balance: BalanceID) throws(LedgerError) {
        if holds.isEmpty { return }
        if let hold = holds[exchange], hold.balance != balance { throw .exchangeOfOtherBalance }
    }
}
