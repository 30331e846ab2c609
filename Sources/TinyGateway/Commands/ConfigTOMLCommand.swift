import Billing

/// `config toml BALANCE`.
enum ConfigTOMLCommand {
    static let description = CommandDescription(
        "config toml", ["BALANCE"],
        options: [
            .init("--url", nil, "the dedicated URL, for clients that cannot send a header")
        ],
        summary: "Print what the customer puts into ~/.codex/config.toml.",
        details: """
            It contains the token: give it to its owner only. Several blocks can stand in one file;
            model_provider chooses.
            """)

    static func run(_ invocation: Invocation, in office: Office) throws(Refusal) -> CommandOutput {
        let balance = try office.balance(invocation.positionals[0])
        let remedy = "`tinygateway token rotate \(balance.id.text)` makes a new one"
        guard let record = office.directory.content.record(balance.id) else {
            throw Refusal("\(balance.id.text) has no token; \(remedy)")
        }
        guard let sealed = record.sealed else {
            throw Refusal("the token was not kept (data.keep_tokens is off); \(remedy)")
        }
        guard let token = office.seal.open(sealed, of: balance.id) else {
            throw Refusal(
                "the token was sealed under another secret.key; restore that, or \(remedy)")
        }
        let block = CodexBlock(
            provider: record.provider, service: balance.service,
            name: balance.label.isEmpty
                ? "TinyGateway \(balance.service.text)" : "TinyGateway \(balance.label)",
            publicURL: office.configuration.server.publicURL, token: token,
            usesURL: invocation.option("--url") != nil)
        return .done(block.text)
    }
}
