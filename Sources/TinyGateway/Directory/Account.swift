import Billing

/// A person or a team that holds balances. The ledger knows the id alone.
struct Account: Equatable {
    let id: AccountID
    let email: String
    let created: Timestamp

    /// Whether text can be an e-mail address: one `@` between two parts without spaces or controls.
    /// No more is checked: only a message can prove an address.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, text.utf8.count <= 254 else {
            return false
        }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x5C }
    }
}
