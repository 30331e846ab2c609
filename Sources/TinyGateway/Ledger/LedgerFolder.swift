/// Names inside the data directory.
struct LedgerFolder: Equatable, Sendable {
    let directory: String

    var ledger: String { directory + "/ledger.jsonl" }
    var checkpoint: String { directory + "/checkpoint" }
    var inflight: String { directory + "/inflight" }

    /// Where bytes cut from the ledger are kept.
    func torn(at offset: Int64) -> String { directory + "/ledger.torn-\(offset)" }
}
