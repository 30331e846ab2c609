import Billing

/// How one balance is reached: the digest of its token, the token itself sealed, and the name under
/// which its owner's Codex knows it.
struct AccessRecord: Equatable {
    let balance: BalanceID
    let account: AccountID
    let service: Service
    /// The id of its `[model_providers.ID]`. Never changes: Codex files its history under it.
    let provider: String
    var digest: Digest32
    /// nil when tokens are not kept.
    var sealed: [UInt8]?
    /// When the token was made.
    var issued: Timestamp
    /// nil when the owner never switched it on.
    var keepalive: KeepaliveRecord?

    var access: Access { Access(balance: balance, account: account, service: service) }

    /// `tinygateway-codex-pay`, for a further one of the same account and service `-2`, `-3` ...
    static func provider(_ service: Service, number: Int) -> String {
        let name = "tinygateway-codex-\(service.text)"
        return number == 1 ? name : "\(name)-\(number)"
    }

    static func isProvider(_ text: String) -> Bool {
        text.hasPrefix("tinygateway-codex-") && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
            }
    }
}
