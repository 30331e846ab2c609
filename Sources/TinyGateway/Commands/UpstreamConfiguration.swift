/// `[upstream]`: whom the gateway calls, and as whom.
struct UpstreamConfiguration {
    /// PEM bundle of trusted roots; empty for the system's.
    var caFile = ""
    var managed = Managed()
    var own = Own()

    /// `[upstream.managed]`: the operator's side.
    struct Managed {
        /// For API keys.
        var url = URL.known("https://api.openai.com/v1")
        /// For a Codex `auth.json`.
        var authURL = URL.known("https://chatgpt.com/backend-api/codex")
        var tokenURL = URL.known("https://auth.openai.com/oauth/token")
        var credentials = [CredentialReference.environment("OPENAI_API_KEY")]
    }

    /// `[upstream.own]`: where customers' own logins are forwarded to.
    struct Own {
        var url = URL.known("https://chatgpt.com/backend-api/codex")
    }

    static let keys = [
        ConfigurationKey("ca_file", "\"\"", "PEM bundle; empty: the system's")
    ]

    static let managedKeys = [
        ConfigurationKey("url", "\"https://api.openai.com/v1\"", "for API keys"),
        ConfigurationKey(
            "auth_url", "\"https://chatgpt.com/backend-api/codex\"", "for a Codex auth.json"),
        ConfigurationKey(
            "token_url", "\"https://auth.openai.com/oauth/token\"", "refreshes an auth.json"),
        ConfigurationKey(
            "credentials", "[\"env:OPENAI_API_KEY\"]",
            "env:NAME | file:PATH (an API key) | auth:PATH (a Codex auth.json); never the key itself"
        ),
    ]

    static let ownKeys = [
        ConfigurationKey(
            "url", "\"https://chatgpt.com/backend-api/codex\"", "for customers' own logins")
    ]

    init() {}

    init(_ table: TOMLTable) throws(ConfigurationError) {
        let section = try ConfigurationSection(
            table, name: "upstream", keys: Self.keys, tables: ["managed", "own"])
        caFile = try section.string("ca_file", "")
        managed = try Managed(section.table("managed"))
        let ownSection = try ConfigurationSection(
            section.table("own"), name: "upstream.own", keys: Self.ownKeys)
        own.url = try ownSection.url("url", own.url)
    }
}

extension UpstreamConfiguration.Managed {
    init(_ table: TOMLTable) throws(ConfigurationError) {
        self.init()
        let section = try ConfigurationSection(
            table, name: "upstream.managed", keys: UpstreamConfiguration.managedKeys)
        url = try section.url("url", url)
        authURL = try section.url("auth_url", authURL)
        tokenURL = try section.url("token_url", tokenURL)
        guard let references = try section.strings("credentials") else { return }
        credentials = []
        for text in references {
            guard let reference = CredentialReference(text.text) else {
                // The text is not repeated: it may be the secret itself.
                throw section.badValue(
                    "credentials", line: text.line,
                    "a reference belongs here, \"env:NAME\", \"file:PATH\" or \"auth:PATH\"; never a key"
                )
            }
            credentials.append(reference)
        }
        guard !credentials.isEmpty else {
            throw section.badValue(
                "credentials", "at least one, for example \"env:OPENAI_API_KEY\"")
        }
    }
}
