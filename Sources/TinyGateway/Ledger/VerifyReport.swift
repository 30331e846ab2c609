import Billing

/// What a full verification of the ledger found.
struct VerifyReport: Equatable {
    /// Intact lines from the beginning.
    let entryCount: Int64
    /// The last intact line's chain, 32 hexadecimal digits.
    let chain: String
    /// The first line that is not intact.
    let damage: LedgerDamage?
    /// The damage is a torn end, which the next start of the gateway cuts by itself.
    let isTorn: Bool
    /// Bytes behind the last line end. Not damage: a running gateway may be writing them.
    let unfinishedBytes: Int64

    var isIntact: Bool { damage == nil }

    init(_ folder: LedgerFolder) throws(FileError) {
        let file = try File(folder.ledger, .read)
        let end = try file.size()
        var replay = LedgerReplay.auditing()
        let found = try replay.run(file, to: end)
        entryCount = replay.tail.seq
        chain = replay.tail.chain.text
        if let found, found.fault == .noLineEnd {
            unfinishedBytes = end - found.offset
            damage = nil
            isTorn = false
        } else {
            unfinishedBytes = 0
            damage = found
            isTorn =
                try found.map { damage throws(FileError) in
                    try LedgerTorn.isTorn(file, from: damage, end: end)
                } ?? false
        }
    }
}
