import Billing

/// `status`: what a running gateway is doing.
enum StatusCommand {
    static let description = CommandDescription(
        "status",
        summary: "Say whether the gateway runs, what it does and what it is alarmed about.",
        details: "Exit code 1 when it is not running.")

    static func run(_ invocation: Invocation, in office: Office, facts: [(String, String)])
        -> CommandOutput
    {
        let rows = facts + Self.facts(office)
        if invocation.isJSON {
            var line = JSONLine()
            for (name, value) in rows { line.text(name, value) }
            return CommandOutput(status: .done, output: line.line, error: office.remarks)
        }
        return CommandOutput(
            status: .done, output: TextTable.render(rows.map { [$0.0, $0.1] }),
            error: office.remarks)
    }

    /// What the books know themselves.
    private static func facts(_ office: Office) -> [(String, String)] {
        let books = office.books
        let condition =
            switch books.condition {
            case .open: "open"
            case .diskFull(let code): "failing: \(FileError.describe(code)); make room on the disk"
            case .syncFailed(let code): "closed: \(FileError.describe(code)); restart the gateway"
            }
        let unknown = books.ledger.unknownModels.filter {
            $0.isUnknown(to: books.prices.table, at: books.now)
        }
        let models = unknown.map { model in
            (
                "unknown_model",
                "\(model.model): \(model.responses) responses, \(model.cost.text) USD, charged as "
                    + "\(books.prices.table.unknownModel.text); add a row [[billing.price]]"
            )
        }
        return models + [
            ("accounts", "\(office.directory.content.accounts.count)"),
            ("balances", "\(books.ledger.balances.count)"),
            ("holds", "\(books.ledger.holds.count)"),
            ("ledger_entries", "\(books.ledger.seq)"),
            ("ledger_bytes", "\(books.ledger.end)"),
            ("ledger_condition", condition),
            ("upstream", office.configuration.upstream.managed.url.text),
        ]
    }

    static func notRunning(_ configuration: Configuration) -> CommandOutput {
        .refused(
            "no gateway runs on \(configuration.data.directory); start it with `tinygateway serve`")
    }
}
