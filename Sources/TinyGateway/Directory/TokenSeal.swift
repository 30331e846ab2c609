import Billing

/// Seals what the directory keeps of secrets under the key of `secret.key`: access tokens, so that
/// their owners can see them again, and own logins. The directory alone tells nothing.
struct TokenSeal {
    private let key: SecretBytes

    /// What is sealed is bound to its purpose and to one balance: moved elsewhere it does not open.
    private static let accessToken = "tinygateway access token "
    private static let ownLogin = "tinygateway own login "

    init(key: SecretBytes) {
        precondition(key.count == Seal.keyBytes, "secret.key holds 32 bytes")
        self.key = key
    }

    func seal(_ token: AccessToken, of balance: BalanceID) -> [UInt8] {
        seal([UInt8](token.text.utf8), Self.accessToken, balance)
    }

    /// nil when the value was changed, or sealed under another key, for another purpose or balance.
    func open(_ sealed: [UInt8], of balance: BalanceID) -> AccessToken? {
        open(sealed, Self.accessToken, balance)?.withSpan { bytes in
            var text: [UInt8] = []
            for index in bytes.indices { text.append(bytes[index]) }
            return AccessToken(String(decoding: text, as: UTF8.self))
        }
    }

    func seal(_ login: CustomerLogin, of balance: BalanceID) -> KeepaliveLogin {
        KeepaliveLogin(
            sealed: Base64URL.encode(seal(login.plain, Self.ownLogin, balance).span),
            digest: login.digest, expires: login.expires)
    }

    /// nil as for an access token.
    func open(_ login: KeepaliveLogin, of balance: BalanceID) -> CustomerLogin? {
        guard let sealed = Base64URL.decode(login.sealed) else { return nil }
        return open(sealed, Self.ownLogin, balance)?.withSpan { CustomerLogin(plain: $0) }
    }

    private func seal(_ plain: [UInt8], _ purpose: String, _ balance: BalanceID) -> [UInt8] {
        Seal.seal(plain.span, key: key, associated: [UInt8]((purpose + balance.text).utf8).span)
    }

    private func open(
        _ sealed: [UInt8], _ purpose: String, _ balance: BalanceID
    ) -> SecretBytes? {
        Seal.open(sealed.span, key: key, associated: [UInt8]((purpose + balance.text).utf8).span)
    }
}
