import Billing

/// Recomputes each charge from its recorded usage and the price table that it names.
struct PriceAudit {
    private var tables: [TableDigest: PriceTable] = [:]

    mutating func take(_ entry: LedgerEntry) throws(LineFault) {
        switch entry {
        case .prices(let prices):
            guard prices.digest == PriceDigest.of(prices.table) else {
                throw .amount("the digest does not belong to the price table")
            }
            tables[prices.digest] = prices.table
        case .charge(let charge): try check(charge)
        case .ledger, .balance, .topup, .grant, .extend, .pass, .void, .expire, .refund, .note:
            break
        }
    }

    private func check(_ charge: ChargeEntry) throws(LineFault) {
        guard let table = tables[charge.table] else {
            throw .amount("the charge names a price table that is not in the ledger")
        }
        let expected: Charge
        do throws(OddUsage) {
            expected = try table.charge(
                charge.usage, model: charge.model, fast: charge.fast, at: charge.began)
        } catch {
            throw .amount("the charge records a usage that is never charged")
        }
        guard expected == charge.price else {
            throw .amount(
                "the amount is \(charge.amount.text), but usage and prices make"
                    + " \(expected.amount.text)")
        }
    }
}
