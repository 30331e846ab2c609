import Billing

/// Where the ledger stands after its last line: what the next line is chained to.
struct LedgerTail: Equatable, Sendable {
    /// 0 before the first line.
    var seq: Int64 = 0
    var at = Timestamp(millisecondsSince1970: 0)
    /// Bytes of the file up to and including the last line's end.
    var end: Int64 = 0
    var chain = LinkHash.zero
    /// The last line of each balance that has one.
    var tips: [BalanceID: BalanceTip] = [:]

    init() {}

    /// After the last line that the books have applied.
    init(of ledger: Ledger) {
        seq = ledger.seq
        at = ledger.at
        end = ledger.end
        chain = ledger.chain
        for balance in ledger.balances { tips[balance.id] = balance.tip }
    }

    /// The same place without the balances, for a batch that is laid over it.
    var withoutTips: LedgerTail {
        var tail = LedgerTail()
        tail.seq = seq
        tail.at = at
        tail.end = end
        tail.chain = chain
        return tail
    }

    /// Takes one line into account.
    mutating func advance(_ written: WrittenLine) {
        let line = written.line
        check(line.seq == seq + 1, "lines are numbered without a gap")
        check(written.offset == end && written.length > 0, "lines follow each other")
        check(line.at >= at, "time in the ledger does not run backwards")
        if let position = line.position, let balance = line.entry.balanceID {
            tips[balance] = BalanceTip(n: position.n, offset: end, link: position.link)
        }
        seq = line.seq
        at = line.at
        chain = line.chain
        end += written.length
    }
}

/// One line and where it stands in the file.
struct WrittenLine: Equatable, Sendable {
    let line: LedgerLine
    let offset: Int64
    /// Bytes, the line end included.
    let length: Int64
}
