import Billing

/// Builds the line that follows a tail. The hashing of DESIGN section 3; the text is Billing's.
struct LineBuilder {
    private let hash = SHA512()

    /// Appends the line of `entry`, its line end included, to `bytes`.
    /// - Parameters:
    ///   - at: never before the tail's; see `LedgerTail`.
    ///   - own: the last line of the entry's balance, `nil` when there is none. Not looked at for other entries.
    ///   - synced: the last seq known durable, on the first line of a batch.
    func append(
        _ entry: LedgerEntry, at: Timestamp, after tail: LedgerTail, own: BalanceTail?,
        synced: Int64?, to bytes: inout [UInt8]
    ) -> LineFacts {
        precondition(at >= tail.at, "time in the ledger does not run backwards")
        let start = bytes.count
        let seq = tail.seq + 1
        var line = LedgerFormat.entryPrefix(seq: seq, at: at, entry)
        var ofBalance: LineFacts.OfBalance?
        if let balance = entry.balanceID {
            let n = (own?.n ?? 0) + 1
            LedgerFormat.appendPosition(n: n, prev: own?.offset ?? 0, to: &line)
            let link = chained(own?.link ?? .zero, line.span)
            LedgerFormat.appendLink(link, to: &line)
            ofBalance = LineFacts.OfBalance(
                balance: balance, tail: BalanceTail(n: n, offset: tail.offset, link: link))
        }
        if let synced { LedgerFormat.appendSynced(synced, to: &line) }
        let chain = chained(tail.chain, line.span)
        LedgerFormat.appendChain(chain, to: &line)
        line.append(UInt8(ascii: "\n"))
        precondition(line.count <= Limits.ledgerLineBytes, "an entry fits a line")
        bytes.append(contentsOf: line)
        return LineFacts(
            seq: seq, at: at, offset: tail.offset, length: bytes.count - start, chain: chain,
            balance: ofBalance)
    }

    /// The link over `bytes` that follows `previous`.
    func chained(_ previous: LinkHash, _ bytes: Span<UInt8>) -> LinkHash {
        hash.update(previous.hex)
        hash.update(bytes)
        return LinkHash(digest: hash.finish().span)
    }
}
