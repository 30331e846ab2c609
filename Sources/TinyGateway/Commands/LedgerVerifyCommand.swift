/// `ledger verify`.
enum LedgerVerifyCommand {
    static let description = CommandDescription(
        "ledger verify",
        summary:
            "Check every line: chains, numbering, balances, and each charge against its prices.",
        details: """
            Takes no lock and may run beside the gateway. Exit code 3 on damage, with the line and the
            remedy.
            """)

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        do throws(BooksError) {
            let report = try Books.verify(directory: configuration.data.directory)
            return output(report, isJSON: invocation.isJSON)
        } catch let error {
            return Office.refusal(error).output
        }
    }

    private static func output(_ report: VerifyReport, isJSON: Bool) -> CommandOutput {
        var line = JSONLine()
        line.integer("entries", report.entryCount)
        line.text("chain", report.chain)
        line.boolean("ok", report.isIntact)
        var text =
            isJSON
            ? line.line
            : "\(report.entryCount) entries, chain \(report.chain), "
                + (report.isIntact ? "intact\n" : "then damage\n")
        guard let damage = report.damage else {
            if !isJSON, report.unfinishedBytes > 0 {
                text += "\(report.unfinishedBytes) bytes behind them are just being written\n"
            }
            return .done(text)
        }
        var sentence = damage.text
        if report.isTorn {
            sentence =
                "the ledger's end is torn at line \(damage.line), byte \(damage.offset): \(damage.what);"
                + " the next start of the gateway keeps those bytes aside and cuts them"
        }
        return CommandOutput(
            status: .damaged, output: text, error: "tinygateway: \(sentence)\n")
    }
}
