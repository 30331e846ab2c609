/// One balance's life, line by line: what its statement is made from. It knows nothing of the rest
/// of the ledger, so a customer can have it recomputed from the balance's own lines.
public struct StatementBook: Sendable {
    public private(set) var balance: Balance

    /// Begins with the line that opened the balance; `nil` for any other.
    public init?(_ line: LedgerLine) {
        guard case .balance(let entry) = line.entry else { return nil }
        balance = Balance(entry)
    }

    /// The row of the line that opened the balance.
    public func opened(_ line: LedgerLine) -> StatementRow {
        StatementRow(line, before: balance, after: balance)
    }

    /// Takes the balance's next line. The caller has checked that its link follows.
    public mutating func take(_ line: LedgerLine) -> StatementRow {
        precondition(line.entry.balanceID == balance.id, "a line of this balance")
        let before = balance
        balance.take(line)
        return StatementRow(line, before: before, after: balance)
    }
}
