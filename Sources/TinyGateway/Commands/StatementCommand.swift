import Billing

/// `statement BALANCE`: one balance's entries for people, spreadsheets and bookkeeping, straight
/// from the file, without a lock.
enum StatementCommand {
    static let description = CommandDescription(
        "statement", ["BALANCE"],
        options: [
            .init("--from", "DAY", "first day, UTC, like 2026-11-01"),
            .init("--to", "DAY", "last day, included"),
            .init("--format", "FORMAT", "table, csv, jsonl or hledger; default table"),
        ],
        summary: "List what happened to a balance, with what was left after each entry.",
        details: """
            jsonl has the ledger's own lines and the price tables they name: bench/verify-statement.py
            recomputes it without the gateway. hledger is a journal in double entry.
            """)

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        do throws(Refusal) {
            let from = try Office.day(invocation.option("--from"), "--from")
            let to = try Office.day(invocation.option("--to"), "--to")
            if let from, let to, to < from { throw .usage("--to is before --from") }
            let format = try format(invocation)
            guard let id = BalanceID(invocation.positionals[0]) else {
                throw .usage("\(invocation.positionals[0]) is not a balance like b_...")
            }
            do throws(BooksError) {
                let reading = try Books.readOnly(directory: configuration.data.directory)
                guard let balance = reading.ledger.balance(id) else {
                    return .refused(
                        "there is no balance \(id.text); `tinygateway balance list` shows all")
                }
                var writer = StatementWriter(reading, balance, from: from, to: to, format)
                try writer.write()
                return .done("")
            } catch let error {
                throw Office.refusal(error)
            }
        } catch let refusal {
            return refusal.output
        }
    }

    /// - Returns: nil for JSON Lines.
    private static func format(
        _ invocation: Invocation
    ) throws(Refusal) -> StatementText.Format? {
        switch invocation.option("--format") ?? (invocation.isJSON ? "jsonl" : "table") {
        case "table": return .table
        case "csv": return .csv
        case "hledger": return .hledger
        case "jsonl": return nil
        default: throw .usage("--format is table, csv, jsonl or hledger")
        }
    }
}
