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

    /// Pay replaces the user's own login; the other services forward it.
    var needsLogin: Bool { service != .pay }

    /// `HOST/u/TOKEN/v1`, which needs no header.
    static func dedicatedURL(_ publicURL: URL, _ token: AccessToken) -> String {
        "\(publicURL.text)/u/\(token.text)/v1"
    }

    /// For pasting: the choice of the provider, then the provider.
    var text: String {
        let lines =
            [
                "# ~/.codex/config.toml: the first two lines belong above the first [table], and there",
                "# is one model_provider and one model only. Contains your token: do not forward it.",
                "model_provider = \(TOMLText.quote(provider))",
                "model = \(TOMLText.quote(Self.model))",
                "",
            ] + table + [""] + Self.features
        return lines.joined(separator: "\n") + "\n"
    }

    /// The provider's table alone. The install script knows its lines by the header, so nothing but
    /// keys may follow it.
    var table: [String] {
        var lines = ["[model_providers.\(provider)]", "name = \(TOMLText.quote(name))"]
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
        return lines
    }

    /// The guide's optional lines. Comments, because a file may have one `[features]` only, and
    /// because Codex 0.163 does not know the last one.
    static let features = [
        "# Optional, for a computer that is controlled from the ChatGPT app on a phone. Below a",
        "# [features] that is in your file already, add the lines you want without that header.",
        "# Settings > Connections in the Codex app decides whether remote control works.",
        "# [features]",
        "# prevent_idle_sleep = true   # the computer does not fall asleep during a long task",
        "# remote_control = true       # remote control, as older configurations switched it on",
        "# remote_connections = true   # some versions of the Codex app write it; others ignore it",
    ]
}
