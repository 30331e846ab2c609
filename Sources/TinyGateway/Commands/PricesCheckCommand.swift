import Billing

/// `prices check`.
enum PricesCheckCommand {
    static let description = CommandDescription(
        "prices check",
        summary: "Check the configuration's price table for what is probably a mistake.",
        details: "Also names the models that were charged without a row. Exit code 1 on a finding.")

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        let table = configuration.billing.prices
        var findings: [String] = []
        for row in table.rows { findings += Self.findings(row) }
        findings += unknownFindings(table)
        do throws(BooksError) {
            findings += try ledgerFindings(table, configuration)
        } catch let error {
            return Office.refusal(error).output
        }
        let digest = PriceDigest.of(table).text
        var text = ""
        for finding in findings {
            if invocation.isJSON {
                var line = JSONLine()
                line.text("finding", finding)
                text += line.line
            } else {
                text += finding + "\n"
            }
        }
        if invocation.isJSON {
            var line = JSONLine()
            line.text("digest", digest)
            line.integer("rows", Int64(table.rows.count))
            line.boolean("ok", findings.isEmpty)
            text += line.line
        } else {
            text += "\(table.rows.count) rows, \(findings.count) findings, digest \(digest)\n"
        }
        return CommandOutput(status: findings.isEmpty ? .done : .refused, output: text)
    }

    private static func findings(_ row: PriceRow) -> [String] {
        let name = "\(row.model.text) from \(row.from.text)"
        var found: [String] = []
        if let cached = row.cachedInput, row.input < cached {
            found.append("\(name): cached input costs more than input")
        }
        if row.output < row.input { found.append("\(name): output costs less than input") }
        if row.fast.thousandths < Multiplier.one.thousandths {
            found.append("\(name): Fast costs less than standard")
        }
        if let long = row.longContext, long.input < row.input || long.output < row.output {
            found.append("\(name): long context costs less than the row")
        }
        return found
    }

    /// A model without a row must not be a bargain.
    private static func unknownFindings(_ table: PriceTable) -> [String] {
        guard let unknown = table.rows.last(where: { $0.model == table.unknownModel }) else {
            return []
        }
        let dearer = table.rows.filter { unknown.input < $0.input || unknown.output < $0.output }
        return dearer.map { row in
            "unknown_model \(table.unknownModel.text) is cheaper than \(row.model.text) from "
                + row.from.text
        }
    }

    private static func ledgerFindings(
        _ table: PriceTable, _ configuration: Configuration
    ) throws(BooksError) -> [String] {
        let directory = configuration.data.directory
        guard Files.exists(LedgerFolder(directory: directory).ledger) else { return [] }
        let ledger = try Books.readOnly(directory: directory).ledger
        return ledger.unknownModels.filter { $0.isUnknown(to: table, at: ledger.at) }.map { model in
            "\(model.model) has no row: \(model.responses) responses were charged "
                + "\(model.cost.text) USD as unknown"
        }
    }
}
