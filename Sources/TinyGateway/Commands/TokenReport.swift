import Billing

/// A balance with its new token: the output of `balance open` and `token rotate`.
struct TokenReport {
    let balance: Balance
    let token: AccessToken
    let publicURL: URL

    func text(isJSON: Bool, isKept: Bool) -> String {
        let url = CodexBlock.dedicatedURL(publicURL, token)
        if isJSON {
            var line = JSONLine()
            line.text("balance", balance.id.text)
            line.text("service", balance.service.text)
            line.text("token", token.text)
            line.text("base_url", url)
            return line.line
        }
        let rows = [
            ["balance", balance.id.text], ["service", balance.service.text], ["token", token.text],
            ["base_url", url],
        ]
        let next =
            isKept
            ? "Next: tinygateway config toml \(balance.id.text)\n"
            : "This is the only time the token is shown (data.keep_tokens is off).\n"
        return TextTable.render(rows) + next
    }
}
