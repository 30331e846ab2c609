/// `ledger repair [--yes]`.
enum LedgerRepairCommand {
    static let description = CommandDescription(
        "ledger repair",
        options: [.init("--yes", nil, "cut; without it only show what would be cut")],
        summary: "Show the first damaged line and, with --yes, cut the ledger before it.",
        details: """
            The gateway must be stopped. What is cut is kept in a file beside the ledger. Everything
            behind the damage is lost to the books: a backup is the better remedy.
            """)

    private static let waitSeconds = 5

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        let isCutting = invocation.option("--yes") != nil
        do throws(BooksError) {
            let report = try Books.repair(
                directory: configuration.data.directory, isCutting: isCutting,
                mode: .command(waitSeconds: waitSeconds))
            return output(report, isJSON: invocation.isJSON)
        } catch let error {
            return Office.refusal(error).output
        }
    }

    private static func output(_ report: RepairReport, isJSON: Bool) -> CommandOutput {
        if isJSON {
            var line = JSONLine()
            line.integer("entries", report.entryCount)
            line.integer("cut", report.savedAs == nil ? 0 : report.byteCount)
            line.text("saved_as", orNull: report.savedAs)
            line.boolean("ok", report.damage == nil || report.savedAs != nil)
            return CommandOutput(status: status(report), output: line.line)
        }
        guard let damage = report.damage else {
            return .done("\(report.entryCount) entries, intact; there is nothing to repair\n")
        }
        var text =
            "line \(damage.line), byte \(damage.offset): \(damage.what)\n"
            + "\(report.entryCount) entries before it are intact\n"
        if let path = report.savedAs {
            text += "cut \(report.byteCount) bytes, kept in \(path)\n"
        } else {
            text += "`tinygateway ledger repair --yes` would cut \(report.byteCount) bytes there\n"
        }
        return CommandOutput(status: status(report), output: text)
    }

    /// Damage that is still there is what exit code 3 stands for.
    private static func status(_ report: RepairReport) -> CommandStatus {
        report.damage != nil && report.savedAs == nil ? .damaged : .done
    }
}
