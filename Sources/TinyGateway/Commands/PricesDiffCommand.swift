import Billing

/// `prices diff [DIGEST]`.
enum PricesDiffCommand {
    static let description = CommandDescription(
        "prices diff", ["[DIGEST]"],
        summary: "Compare the configuration's price table with one of the ledger's.",
        details: "DIGEST names a table by its first digits; without it the last one is meant.")

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        do throws(BooksError) {
            let reading = try Books.readOnly(directory: configuration.data.directory)
            let wanted = invocation.positionals.first
            let digest =
                wanted.map { wanted in
                    reading.ledger.tableDigests.first { $0.text.hasPrefix(wanted) }
                } ?? reading.ledger.lastTable
            guard let digest, let offset = reading.ledger.offset(of: digest) else {
                return .refused(
                    "the ledger has no such price table; `tinygateway ledger show` has its "
                        + "lines of type prices")
            }
            let places = LedgerPlaces(file: reading.file, end: reading.ledger.end)
            guard case .prices(let entry) = try places.line(at: offset).line.entry else {
                return .refused("line at byte \(offset) is no price table")
            }
            return .done(
                differences(
                    PriceTableText.rows(entry.table),
                    PriceTableText.rows(configuration.billing.prices), invocation.isJSON))
        } catch let error {
            return Office.refusal(error).output
        }
    }

    private static func differences(
        _ old: [PriceTableText.Row], _ new: [PriceTableText.Row], _ isJSON: Bool
    ) -> String {
        var text = ""
        for row in old where !new.contains(row) { text += line("-", row, isJSON) }
        for row in new where !old.contains(row) { text += line("+", row, isJSON) }
        return text.isEmpty && !isJSON ? "no difference\n" : text
    }

    private static func line(_ sign: String, _ row: PriceTableText.Row, _ isJSON: Bool) -> String {
        guard isJSON else { return "\(sign) \(row.name): \(row.text)\n" }
        var line = JSONLine()
        line.text("change", sign)
        line.text("row", row.name)
        line.text("prices", row.text)
        return line.line
    }
}
