/// A statement's rows as transactions in double entry, from the operator's side: what customers
/// have paid ahead and what they were given are liabilities until they are used or expire; what
/// they used beyond it they owe. Each posting to one of them asserts what the ledger says is there,
/// so that `hledger check` proves that both books agree.
struct Journal {
    private let balance: BalanceID

    private static let cash = "assets:cash"
    private static let usage = "revenue:usage"
    private static let refunds = "revenue:refunds"
    private static let breakage = "revenue:breakage"
    private static let link = "revenue:link"
    private static let given = "expenses:bonus"
    private static let opening = "equity:opening"

    private var paid: String { "liabilities:deposits:" + balance.text }
    private var bonus: String { "liabilities:bonus:" + balance.text }
    private var debt: String { "assets:receivable:" + balance.text }

    init(_ balance: BalanceID) {
        self.balance = balance
    }

    func head(opening: StatementRow.Sums?, day: CivilDay) -> String {
        var text = "decimal-mark .\ncommodity 1000.0000 USD\n"
        for account in [
            Journal.cash, Journal.usage, Journal.refunds, Journal.breakage, Journal.link,
            Journal.given, Journal.opening, paid, bonus, debt,
        ] { text += "account \(account)\n" }
        guard let opening else { return text }
        text += "\n\(day.text) opening balance\n"
        text += held(paid, opening.paid, opening.paid)
        text += held(bonus, opening.bonus, opening.bonus)
        text += owed(opening.debt, opening.debt)
        return text + Journal.posting(Journal.opening, opening.remaining)
    }

    func transaction(_ row: StatementRow) -> String {
        let line = row.line
        let others = counterparts(line.entry)
        var text = "\n\(line.at.dayText) "
        if others.isEmpty && row.change == .zero { text = "\n; \(line.at.dayText) " }
        text += "(\(line.seq)) \(line.entry.typeText) \(Journal.plain(row.detail))\n"
        for (account, amount) in others { text += Journal.posting(account, amount) }
        if row.paid != .zero { text += held(paid, row.paid, row.after.paid) }
        if row.bonus != .zero { text += held(bonus, row.bonus, row.after.bonus) }
        if row.debt != .zero { text += owed(row.debt, row.after.debt) }
        return text
    }

    /// What stands against the change of the balance; zeros left out.
    private func counterparts(_ entry: LedgerEntry) -> [(String, Money)] {
        var found: [(String, Money)] = []
        switch entry {
        case .topup(let entry): found = [(Journal.cash, entry.paid), (Journal.given, entry.bonus)]
        case .grant(let entry): found = [(Journal.given, entry.amount)]
        case .pass(let entry): found = [(Journal.cash, entry.paid), (Journal.link, -entry.paid)]
        case .charge(let entry): found = [(Journal.usage, -entry.amount)]
        case .expire(let entry):
            found = [(Journal.breakage, -entry.paid), (Journal.given, -entry.bonus)]
        case .refund(let entry) where entry.paid + entry.bonus < .zero:
            found = [(Journal.cash, entry.paid), (Journal.given, entry.bonus)]
        case .refund(let entry): found = [(Journal.refunds, entry.paid + entry.bonus)]
        case .balance, .extend, .void, .ledger, .prices, .note: break
        }
        return found.filter { $0.1 != .zero }
    }

    /// What we hold for the customer is a credit: negative.
    private func held(_ account: String, _ change: Money, _ after: Money) -> String {
        Journal.posting(account, -change, "  = \((-after).text) USD")
    }

    private func owed(_ change: Money, _ after: Money) -> String {
        Journal.posting(debt, change, "  = \(after.text) USD")
    }

    private static func posting(
        _ account: String, _ amount: Money, _ assertion: String = ""
    ) -> String {
        "    \(account)  \(amount.text) USD\(assertion)\n"
    }

    /// A description ends at a `;` or `|`, and a label may hold them.
    private static func plain(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isMark = byte == UInt8(ascii: ";") || byte == UInt8(ascii: "|") || byte < 0x20
            bytes.append(isMark ? UInt8(ascii: " ") : byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
