/// What the entries say, arranged for people.
public enum Statement {
    /// Usage of one balance, or of all, from one day to another, both included; by day, balance,
    /// model and tier. The ledger remembers the last 400 days.
    public static func usage(
        _ ledger: Ledger, balance: BalanceID? = nil, from: CivilDay? = nil, to: CivilDay? = nil
    ) -> [UsageRow] {
        var rows: [UsageRow] = []
        for row in ledger.usage.rows {
            let key = row.key
            let day = CivilDay(number: key.day)
            if let from, day < from { continue }
            if let to, day > to { continue }
            let id = ledger.balances[Int(key.balance)].id
            if let balance, balance != id { continue }
            rows.append(
                UsageRow(
                    day: day, balance: id, model: ledger.usage.names[Int(key.model)],
                    tier: ledger.usage.names[Int(key.tier)], sum: row.sum))
        }
        rows.sort(by: isOrdered)
        return rows
    }

    private static func isOrdered(_ left: UsageRow, _ right: UsageRow) -> Bool {
        if left.day != right.day { return left.day < right.day }
        if left.balance != right.balance { return left.balance.text < right.balance.text }
        if left.model != right.model { return left.model < right.model }
        return left.tier < right.tier
    }
}
