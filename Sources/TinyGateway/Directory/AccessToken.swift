/// What lets a request in: `tg_` and 256 random bits as 43 characters of base 64 (URL alphabet). It
/// is a secret: it has no description and goes to its owner only.
struct AccessToken: Sendable {
    static let prefix = "tg_"
    static let randomCharacters = 43

    /// The whole token. For the owner's eyes, never for a log.
    let text: String

    /// `nil` for anything that `fresh` cannot have made.
    init?(_ text: String) {
        let bytes = text.utf8.span
        let start = Self.prefix.utf8.count
        guard bytes.hasPrefix("tg_"),
            bytes.count == start + Self.randomCharacters,
            Base64URL.isValid(bytes.extracting(start..<bytes.count))
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
    var digest: Digest32 { SHA256.digest(of: text.utf8.span) }
}
