import Billing

/// What a JSON Web Token says of itself (RFC 7519 4.1). Nothing here is verified: whoever is shown
/// the token does that. All is nil of a token that is no JWT.
struct TokenClaims: Equatable {
    /// `iat`.
    private(set) var issued: Timestamp?
    /// `exp`: from then on it opens nothing.
    private(set) var expires: Timestamp?
    /// The ChatGPT account that OpenAI's tokens name.
    private(set) var accountID: String?

    init(_ token: String) {
        guard let text = Self.middlePart([UInt8](token.utf8)),
            let content = Base64URL.decode(text),
            let claims = try? JSONReader.read(content, bytesMax: Limits.credentialBytes)
        else { return }
        issued = Timestamp(secondsSince1970: claims["iat"]?.integer)
        expires = Timestamp(secondsSince1970: claims["exp"]?.integer.map { max(0, $0) })
        accountID = claims["https://api.openai.com/auth"]?.text("chatgpt_account_id")
    }

    /// A JWT has three parts (RFC 7515 3.1); the second one has the claims.
    private static func middlePart(_ bytes: [UInt8]) -> String? {
        let dot = UInt8(ascii: ".")
        guard let first = bytes.firstIndex(of: dot), let last = bytes.lastIndex(of: dot),
            first < last
        else { return nil }
        return String(decoding: bytes[(first + 1)..<last], as: UTF8.self)
    }
}
