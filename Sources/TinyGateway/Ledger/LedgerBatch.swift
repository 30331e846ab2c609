import Billing

/// The bytes of one write, and what they make of the ledger once they are durable. Built anew from
/// the durable tail whenever one of its entries changes, so that nothing has to be taken back.
struct LedgerBatch {
    /// A charge with its hashes is about this long.
    private static let lineBytes = 768

    private(set) var bytes: [UInt8] = []
    private(set) var lines: [WrittenLine] = []

    init(
        _ submissions: [LedgerSubmission], after durable: LedgerTail, using builder: LineBuilder
    ) {
        check(!submissions.isEmpty, "a batch has entries")
        // The durable tips stay where they are; what this batch changes lies over them.
        var tail = durable.withoutTips
        bytes.reserveCapacity(submissions.count * Self.lineBytes)
        lines.reserveCapacity(submissions.count)
        for submission in submissions {
            let tip = submission.entry.balanceID.flatMap { tail.tips[$0] ?? durable.tips[$0] }
            let line = builder.append(
                submission.entry, at: max(submission.at, tail.at), after: tail,
                tip: tip ?? .none, synced: lines.isEmpty ? durable.seq : nil, to: &bytes)
            tail.advance(line)
            lines.append(line)
        }
        check(lines.count == submissions.count, "one line an entry")
        check(tail.end == durable.end + Int64(bytes.count), "lines fill the batch")
    }
}
