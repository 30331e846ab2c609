import Billing

/// What a request says of the user's own login and turn, as far as it decides where the request
/// goes.
struct OwnLogin {
    /// The balance and the account whose quota is used.
    let quota: UInt64
    /// The turn, or the quota where the client does not name one.
    let turn: UInt64
    let isTurnNamed: Bool

    /// - Parameter seed: nobody else knows it, so nobody can make up a login that looks like
    ///   another balance's.
    init(_ head: RequestHead, balance: BalanceID, seed: String) {
        var fingerprint = Fingerprint(seed: seed)
        fingerprint.add(balance.text)
        fingerprint.add(head.fields.first(.chatGPTAccountID) ?? "")
        quota = fingerprint.value
        let turnID = Self.turnID(head.fields)
        isTurnNamed = turnID != nil
        if let turnID { fingerprint.add(turnID) }
        turn = fingerprint.value
    }

    /// `turn_id` of `x-codex-turn-metadata` (`codex-wire.md` section 1).
    private static func turnID(_ fields: Fields) -> String? {
        guard let index = fields.firstIndex(of: .xCodexTurnMetadata) else { return nil }
        let text = Array(fields.value(at: index).utf8)
        guard let id = try? JSONReader.read(text, bytesMax: text.count)["turn_id"]?.string else {
            return nil
        }
        return id.isEmpty ? nil : id
    }
}
