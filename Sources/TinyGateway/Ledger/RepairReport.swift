/// What `ledger repair` found, and did.
struct RepairReport: Equatable {
    /// The first line that is not intact; `nil`: there is nothing to repair.
    let damage: LedgerDamage?
    /// Intact lines before it.
    let entryCount: Int64
    /// Bytes from there to the end of the file.
    let byteCount: Int64
    /// Where the bytes are kept that were cut; `nil` when nothing was.
    let savedAs: String?

    /// - Parameter file: the locked ledger.
    init(_ folder: LedgerFolder, _ file: File, isCutting: Bool) throws(FileError) {
        let end = try file.size()
        var replay = LedgerReplay.auditing()
        damage = try replay.run(file, to: end)
        entryCount = replay.tail.seq
        guard let damage else {
            byteCount = 0
            savedAs = nil
            return
        }
        byteCount = end - damage.offset
        guard isCutting else {
            savedAs = nil
            return
        }
        // The state of lines that are no longer there.
        try Files.remove(folder.checkpoint)
        savedAs = try LedgerTorn.cut(file, at: damage.offset, end: end, in: folder)
    }
}
