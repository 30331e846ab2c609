import Billing

/// `balance show BALANCE`.
enum BalanceShowCommand {
    static let description = CommandDescription(
        "balance show", ["BALANCE"],
        summary: "Show one balance: what is left, held and when it ends."
    )

    static func run(_ invocation: Invocation, in office: Office) throws(Refusal) -> CommandOutput {
        let balance = try office.balance(invocation.positionals[0])
        let report = BalanceReport(
            balance: balance, record: office.record(balance.id))
        return .done(invocation.isJSON ? report.json : report.text)
    }
}
