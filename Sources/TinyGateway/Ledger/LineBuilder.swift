import Billing

/// Builds the line that follows a tail. The hashing of DESIGN section 3; the text is Billing's.
struct LineBuilder {
    private let hash = SHA512()

    /// Appends the line of `entry`, its line end included, to `bytes`.
    /// - Parameters:
    ///   - at: never before the tail's.
    ///   - tip: the last line of the entry's balance. Not looked at for entries of no balance.
    ///   - synced: the last seq known durable, on the first line of a batch.
    func append(
        _ entry: LedgerEntry, at: Timestamp, after tail: LedgerTail, tip: BalanceTip,
        synced: Int64?, to bytes: inout [UInt8]
    ) -> WrittenLine {
        check(at >= tail.at, "time in the ledger does not run backwards")
        let seq = tail.seq + 1
        var text = LedgerFormat.entryPrefix(seq: seq, at: at, entry)
        var position: BalancePosition?
        if entry.balanceID != nil {
            LedgerFormat.appendPosition(n: tip.n + 1, prev: tip.offset, to: &text)
            let link = chained(tip.link, text.span)
            LedgerFormat.appendLink(link, to: &text)
            position = BalancePosition(n: tip.n + 1, prev: tip.offset, link: link)
        }
        if let synced { LedgerFormat.appendSynced(synced, to: &text) }
        let chain = chained(tail.chain, text.span)
        LedgerFormat.appendChain(chain, to: &text)
        text.append(UInt8(ascii: "\n"))
        check(text.count <= Limits.ledgerLineBytes, "an entry fits a line")
        bytes.append(copying: text.span)
        return WrittenLine(
            line: LedgerLine(
                seq: seq, at: at, entry: entry, position: position, synced: synced, chain: chain),
            offset: tail.end, length: Int64(text.count))
    }

    /// The link over `bytes` that follows `previous`.
    func chained(_ previous: LinkHash, _ bytes: Span<UInt8>) -> LinkHash {
        hash.update(previous.hex)
        hash.update(bytes)
        return LinkHash(digest: hash.finish().span)
    }
}
