import Billing

extension Office {
    /// The block of a balance named on the command line.
    ///
    /// - Throws: what keeps its token from being shown again, with the remedy.
    func codexBlock(_ argument: String, usesURL: Bool) throws(Refusal) -> CodexBlock {
        let balance = try balance(argument)
        let remedy = "`tinygateway token rotate \(balance.id.text)` makes a new one"
        guard let record = directory.content.record(balance.id) else {
            throw Refusal("\(balance.id.text) has no token; \(remedy)")
        }
        guard let sealed = record.sealed else {
            throw Refusal("the token was not kept (data.keep_tokens is off); \(remedy)")
        }
        guard let token = seal.open(sealed, of: balance.id) else {
            throw Refusal(
                "the token was sealed under another secret.key; restore that, or \(remedy)")
        }
        return CodexBlock(
            provider: record.provider, service: balance.service,
            name: balance.label.isEmpty
                ? "TinyGateway \(balance.service.text)" : "TinyGateway \(balance.label)",
            publicURL: configuration.server.publicURL, token: token, usesURL: usesURL)
    }
}
