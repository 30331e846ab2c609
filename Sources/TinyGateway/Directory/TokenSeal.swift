import Billing

/// Seals access tokens under the key of `secret.key`, so that their owners can see them again while
/// the directory alone tells nothing.
struct TokenSeal {
    private let key: SecretBytes

    /// Bound to the purpose and to one balance: a sealed token moved elsewhere does not open.
    private static let purpose = "tinygateway access token "

    init(key: SecretBytes) {
        precondition(key.count == Seal.keyBytes, "secret.key holds 32 bytes")
        self.key = key
    }

    func seal(_ token: AccessToken, of balance: BalanceID) -> [UInt8] {
        let plain = [UInt8](token.text.utf8)
        return Seal.seal(plain.span, key: key, associated: Self.associated(balance).span)
    }

    /// nil when the value was changed, or sealed under another key or for another balance.
    func open(_ sealed: [UInt8], of balance: BalanceID) -> AccessToken? {
        let opened = Seal.open(sealed.span, key: key, associated: Self.associated(balance).span)
        guard let opened else { return nil }
        return opened.withSpan { bytes in
            var text: [UInt8] = []
            for index in bytes.indices { text.append(bytes[index]) }
            return AccessToken(String(decoding: text, as: UTF8.self))
        }
    }

    private static func associated(_ balance: BalanceID) -> [UInt8] {
        [UInt8]((purpose + balance.text).utf8)
    }
}
