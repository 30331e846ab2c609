import Billing

/// The bytes of one write, and what they make of the ledger once they are durable. Built anew from the durable tail
/// whenever one of its entries changes, so that nothing has to be taken back.
struct LedgerBatch {
    private(set) var bytes: [UInt8] = []
    private(set) var lines: [LineFacts] = []

    init(_ submissions: [LedgerSubmission], after durable: LedgerTail, using builder: LineBuilder) {
        precondition(!submissions.isEmpty, "a batch has entries")
        // The tail's balances stay where they are; what this batch changes lies over them.
        var tail = LedgerTail(
            seq: durable.seq, at: durable.at, offset: durable.offset, chain: durable.chain)
        for submission in submissions {
            let own = submission.entry.balanceID.flatMap {
                tail.balances[$0] ?? durable.balances[$0]
            }
            let facts = builder.append(
                submission.entry, at: max(submission.at, tail.at), after: tail, own: own,
                synced: lines.isEmpty ? durable.seq : nil, to: &bytes)
            tail.advance(facts)
            lines.append(facts)
        }
        precondition(lines.count == submissions.count, "one line an entry")
        precondition(tail.offset == durable.offset + Int64(bytes.count), "lines fill the batch")
    }
}
