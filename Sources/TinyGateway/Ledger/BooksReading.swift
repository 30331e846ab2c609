import Billing

/// The books as they stood on the disk at one moment.
struct BooksReading {
    let file: File
    let ledger: Ledger
    let entryCount: Int64
    /// The last line's chain, 32 hexadecimal digits.
    let chain: String

    init(_ folder: LedgerFolder) throws(BooksError) {
        var replay = LedgerReplay()
        let damage: LedgerDamage?
        do throws(FileError) {
            file = try File(folder.ledger, .read)
            if case .matching(let ledger) = try Checkpoint.find(folder, file) {
                replay = LedgerReplay(after: ledger)
            }
            damage = try replay.run(file, to: try file.size())
        } catch let error {
            throw .file(error)
        }
        if let damage, damage.fault != .noLineEnd { throw .damaged(damage) }
        ledger = replay.ledger
        entryCount = replay.tail.seq
        chain = replay.tail.chain.text
    }
}
