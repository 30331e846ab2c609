import Billing

/// What a customer puts into Codex's `config.toml`. Every key is one that Codex accepts under
/// `--strict-config`.
struct CodexBlock {
    /// Stable for a balance: Codex files its history under the provider's id.
    let provider: String
    let service: Service
    /// For people, in Codex's model picker and messages.
    let name: String
    let publicURL: URL
    let token: AccessToken
    /// The dedicated URL in place of the header, for clients that can set nothing else.
    let usesURL: Bool

    static let model = "gpt-5.5"

    /// `HOST/u/TOKEN/v1`, which needs no header.
    static func dedicatedURL(_ publicURL: URL, _ token: AccessToken) -> String {
        "\(publicURL.text)/u/\(token.text)/v1"
    }

    var text: String {
        // Pay replaces the user's own login; the other services forward it.
        let needsLogin = service != .pay
        var lines = [
            "# ~/.codex/config.toml: the first two lines belong above the first [table].",
            "model_provider = \(TOMLText.quote(provider))",
            "model = \(TOMLText.quote(Self.model))",
            "",
            "[model_providers.\(provider)]",
            "name = \(TOMLText.quote(name))",
        ]
        if usesURL {
            lines.append("base_url = \(TOMLText.quote(Self.dedicatedURL(publicURL, token)))")
        } else {
            lines.append("base_url = \(TOMLText.quote(publicURL.text + "/v1"))")
            lines.append(
                "http_headers = { \"x-tinygateway-token\" = \(TOMLText.quote(token.text)) }")
        }
        lines += [
            "wire_api = \"responses\"", "requires_openai_auth = \(needsLogin)",
            "supports_websockets = false",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
