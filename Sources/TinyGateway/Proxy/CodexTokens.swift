import Billing

/// What `codex login` leaves: the token that opens the upstream, and the one that renews both.
struct CodexTokens: Equatable {
    /// Secret; what stands behind `Bearer`.
    var access: String
    /// Secret. Good for one refresh: whoever uses it twice loses the login.
    var refresh: String
    /// Kept for Codex; nothing here reads more of it than the account.
    var id: String?
    var accountID: String?

    /// Whether `text` can stand in a field, where a line's end would begin another one.
    @inline(never)
    static func isFieldText(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        for byte in text.utf8 where byte <= 0x20 || byte >= 0x7F { return false }
        return true
    }

    /// What the `chatgpt-account-id` field says; nil when nothing names an account.
    var account: String? {
        if let accountID { return accountID }
        guard let id, let named = TokenClaims(id).accountID, Self.isFieldText(named) else {
            return nil
        }
        return named
    }
}
