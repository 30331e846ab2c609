import Billing

/// `balance list`.
enum BalanceListCommand {
    static let description = CommandDescription(
        "balance list", summary: "List the balances and passes, with what is left and until when.",
        details: "A balance without a token is named with what to do.")

    static func run(_ invocation: Invocation, in office: Office) -> CommandOutput {
        let reports = office.books.ledger.balances.map { balance in
            BalanceReport(
                balance: balance, record: office.record(balance.id))
        }
        var text = ""
        if invocation.isJSON {
            for report in reports { text += report.json }
        } else {
            text = TextTable.render(
                [BalanceReport.columns] + reports.map { $0.row }, rightAligned: [3, 4])
        }
        return CommandOutput(status: .done, output: text, error: office.remarks)
    }
}
