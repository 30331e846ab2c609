import Billing

/// What people write on the command line, looked up.
extension Office {
    func balance(_ text: String) throws(Refusal) -> Balance {
        guard let id = BalanceID(text) else {
            throw .usage(
                "\(text) is not a balance like b_...; `tinygateway balance list` shows all")
        }
        guard let balance = books.ledger.balance(id) else {
            throw Refusal("there is no balance \(text); `tinygateway balance list` shows all")
        }
        return balance
    }

    /// By id or by e-mail.
    func account(_ text: String) throws(Refusal) -> Account {
        let found = AccountID(text).flatMap { directory.content.account($0) }
        guard let account = found ?? directory.content.account(email: text) else {
            throw Refusal(
                "there is no account \(text); `tinygateway account list` shows all, `tinygateway "
                    + "account add EMAIL` makes one")
        }
        return account
    }

    static func amount(_ text: String) throws(Refusal) -> Money {
        guard let amount = Money(text), amount > .zero, amount.isWhole else {
            throw .usage("\(text) is not an amount in USD like 20 or 0.25, with at most 4 places")
        }
        return amount
    }

    static func key(_ text: String, _ option: String) throws(Refusal) -> PaymentKey {
        guard let key = PaymentKey(text) else {
            throw .usage("\(option) \(text): an id has 1 to 128 letters, digits, _ . : or -")
        }
        return key
    }

    static func count(
        _ text: String, _ option: String, in bounds: ClosedRange<Int64>
    ) throws(Refusal) -> Int64 {
        guard let count = Int64(text), bounds.contains(count) else {
            throw .usage(
                "\(option) \(text): a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
            )
        }
        return count
    }

    static func day(_ text: String?, _ option: String) throws(Refusal) -> CivilDay? {
        guard let text else { return nil }
        guard let day = CivilDay(text) else {
            throw .usage("\(option) \(text) is not a day like 2026-11-22")
        }
        return day
    }

    static func label(_ text: String?) throws(Refusal) -> String {
        let label = text ?? ""
        guard label.utf8.count <= 256, label.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .usage("--label: at most 256 bytes without control characters")
        }
        return label
    }

    func identifier(_ prefix: String) -> String {
        prefix + Base64URL.encode(random(16).span)
    }
}
