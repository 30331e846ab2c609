/// A place in the ledger that is not as it was written, for the operator's eyes.
struct LedgerDamage: Error, Equatable, Sendable {
    /// 1 is the first line of the file; after a start from the checkpoint counted by the lines' own
    /// numbers; 0 for a line that was looked up by its offset alone.
    let line: Int64
    /// Bytes before the bad line.
    let offset: Int64
    let fault: LineFault

    var what: String { fault.text }

    var remedy: String {
        "restore ledger.jsonl from a backup, or see what `tinygateway ledger repair` would cut from"
            + " this line on, and let it with --yes"
    }

    var text: String {
        "ledger.jsonl is damaged at "
            + (line > 0 ? "line \(line), " : "") + "byte \(offset): \(what); \(remedy)"
    }
}
