/// What lets a request in: `tg_` and 256 random bits as 43 characters of base 64 (URL alphabet). It
/// is a secret: it has no description and goes to its owner only.
struct AccessToken: Sendable {
    static let prefix = "tg_"
    static let randomCharacters = 43

    /// The whole token. For the owner's eyes, never for a log.
    let text: String

    /// `nil` for anything that `fresh` cannot have made.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix),
            text.utf8.count == Self.prefix.utf8.count + Self.randomCharacters,
            let bytes = Base64URL.decode(String(text.dropFirst(Self.prefix.count))),
            bytes.count == 32
        else { return nil }
        self.text = text
    }

    /// - Parameter random: gives that many random bytes.
    static func fresh(_ random: (Int) -> [UInt8]) -> AccessToken {
        let bytes = random(32)
        guard let token = AccessToken(prefix + Base64URL.encode(bytes.span)) else {
            preconditionFailure("32 random bytes are a token")
        }
        return token
    }

    /// What is kept of it, and looked up by.
    var digest: Digest32 { SHA256.digest(of: [UInt8](text.utf8)) }
}
