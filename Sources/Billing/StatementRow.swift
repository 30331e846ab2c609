/// One line of a statement: an entry and what it did to the balance.
public struct StatementRow: Hashable, Sendable {
    public let line: LedgerLine
    /// What the entry added to the paid money of the balance; negative where it took.
    public let paid: Money
    /// As `paid`, of the bonus money.
    public let bonus: Money
    /// What it added to the debt.
    public let debt: Money
    /// Paid money, bonus money and debt behind it.
    public let after: Sums

    /// What a balance consists of.
    public struct Sums: Hashable, Sendable {
        public let paid: Money
        public let bonus: Money
        public let debt: Money

        public init(_ balance: Balance) {
            var paid = Money.zero
            var bonus = Money.zero
            for lot in balance.lots {
                paid += lot.paid
                bonus += lot.bonus
            }
            self.paid = paid
            self.bonus = bonus
            debt = balance.debt
        }

        public var remaining: Money { paid + bonus - debt }
    }

    init(_ line: LedgerLine, before: Balance, after: Balance) {
        let old = Sums(before)
        let new = Sums(after)
        self.line = line
        self.after = new
        paid = new.paid - old.paid
        bonus = new.bonus - old.bonus
        debt = new.debt - old.debt
    }

    /// What the entry did to what remains.
    public var change: Money { paid + bonus - debt }

    /// What there is to say about it beside the sum: a payment's id, a model, a reason.
    var detail: String {
        switch line.entry {
        case .balance(let entry): return entry.label
        case .topup(let entry): return entry.payment.text
        case .grant(let entry): return entry.label.isEmpty ? entry.id.text : entry.label
        case .extend(let entry): return "until " + entry.expires.text
        case .pass(let entry): return entry.payment.text
        case .charge(let entry): return entry.model.text + (entry.fast ? " fast" : "")
        case .void(let entry): return entry.reason.text
        case .expire(let entry): return "of line \(entry.lot)"
        case .refund(let entry): return "of line \(entry.entry)"
        case .ledger, .prices, .note: return ""
        }
    }
}
