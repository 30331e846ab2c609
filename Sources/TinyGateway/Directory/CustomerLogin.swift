import Billing

/// A customer's own login as their Codex sends it: the access token and the account it belongs to.
/// A secret: it has no description and goes to the own upstream only.
struct CustomerLogin {
    /// The whole value of `Authorization`.
    let authorization: String
    /// The value of `chatgpt-account-id`.
    let accountID: String

    private static let scheme = [UInt8]("bearer ".utf8)

    /// `nil` for what is no login of this kind: another scheme, one of our own tokens, an API key
    /// (which has no account beside it, and whose use would cost its owner money).
    init?(authorization: String, accountID: String) {
        let bytes = [UInt8](authorization.utf8)
        let account = [UInt8](accountID.utf8)
        let start = Self.scheme.count
        guard bytes.count > start, !account.isEmpty,
            bytes.count + account.count <= Limits.ownLoginBytes
        else { return nil }
        for index in 0..<start where bytes[index] | 0x20 != Self.scheme[index] { return nil }
        guard Self.isVisible(bytes, from: start), Self.isVisible(account, from: 0),
            !Self.isOurs(bytes, from: start)
        else { return nil }
        self.authorization = authorization
        self.accountID = accountID
    }

    private static func isOurs(_ bytes: [UInt8], from start: Int) -> Bool {
        let prefix = [UInt8](AccessToken.prefix.utf8)
        guard bytes.count >= start + prefix.count else { return false }
        for index in prefix.indices where bytes[start + index] != prefix[index] { return false }
        return true
    }

    @inline(never)
    private static func isVisible(_ bytes: [UInt8], from start: Int) -> Bool {
        for index in start..<bytes.count where bytes[index] <= 0x20 || bytes[index] >= 0x7F {
            return false
        }
        return true
    }

    // MARK: What is sealed

    /// Both values, each behind its length in four bytes, most significant first.
    var plain: [UInt8] {
        var bytes: [UInt8] = []
        for value in [authorization, accountID] {
            let count = value.utf8.count
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
            bytes += [UInt8](value.utf8)
        }
        return bytes
    }

    /// `nil` for anything that `plain` cannot have made.
    init?(plain bytes: Span<UInt8>) {
        var values: [String] = []
        var at = 0
        while at < bytes.count {
            guard values.count < 2, bytes.count - at >= 4 else { return nil }
            var count = 0
            for index in at..<(at + 4) { count = count << 8 | Int(bytes[index]) }
            at += 4
            guard count <= bytes.count - at else { return nil }
            var value: [UInt8] = []
            for index in at..<(at + count) { value.append(bytes[index]) }
            values.append(String(decoding: value, as: UTF8.self))
            at += count
        }
        guard values.count == 2 else { return nil }
        self.init(authorization: values[0], accountID: values[1])
    }

    /// Tells one login from another.
    var digest: Digest32 { SHA256.digest(of: plain) }

    // MARK: Its end

    /// When the access token expires; `nil` when it does not say.
    var expires: Timestamp? { TokenClaims(authorization).expires }
}
