import Billing

/// Where the ledger stands after its last line: what the next line is chained to.
struct LedgerTail: Equatable, Sendable {
    /// 0 before the first line.
    var seq: Int64 = 0
    var at = Timestamp(millisecondsSince1970: 0)
    /// Bytes of the file up to and including the last line's end.
    var offset: Int64 = 0
    var chain = LinkHash.zero
    var balances: [BalanceID: BalanceTail] = [:]

    /// Takes one written line into account.
    mutating func advance(_ line: LineFacts) {
        precondition(line.seq == seq + 1, "lines are numbered without a gap")
        precondition(line.offset == offset && line.length > 0, "lines follow each other")
        precondition(line.at >= at, "time in the ledger does not run backwards")
        seq = line.seq
        at = line.at
        offset += Int64(line.length)
        chain = line.chain
        if let own = line.balance { balances[own.balance] = own.tail }
    }
}

/// The last line of one balance.
struct BalanceTail: Equatable, Sendable {
    /// How many lines the balance has.
    let n: Int64
    let offset: Int64
    let link: LinkHash
}

/// One line as it stands in the file.
struct LineFacts: Equatable, Sendable {
    struct OfBalance: Equatable, Sendable {
        let balance: BalanceID
        let tail: BalanceTail
    }

    let seq: Int64
    let at: Timestamp
    let offset: Int64
    /// Bytes, the line end included.
    let length: Int
    let chain: LinkHash
    let balance: OfBalance?
}
