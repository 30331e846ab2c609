import CUV

/// One process at a time writes in the data directory: the lock on `ledger.jsonl` covers all of it.
/// Kept as long as the file is open.
enum LedgerLock {
    private static let pauseMilliseconds: UInt32 = 50

    /// Opens `ledger.jsonl`, made empty if it is missing, and locks it.
    /// - Parameter waitSeconds: how long another holder is waited for, blocking.
    static func take(_ folder: LedgerFolder, waitSeconds: Int) throws(BooksError) -> File {
        check(waitSeconds >= 0, "a wait is not negative")
        let deadline = uv_hrtime() + UInt64(waitSeconds) * 1_000_000_000
        do throws(FileError) {
            let isNew = !Files.exists(folder.ledger)
            let file = try File(folder.ledger, .create(mode: 0o600))
            // The name must not be lost with the machine when the lines are not.
            if isNew { try Files.syncFolder(of: folder.ledger) }
            while true {
                do throws(FileError) {
                    try file.lock()
                    return file
                } catch let error {
                    guard case .locked = error, uv_hrtime() < deadline else { throw error }
                    cuv_sleep_milliseconds(pauseMilliseconds)
                }
            }
        } catch let error {
            if case .locked = error {
                throw .locked(directory: folder.directory, waitedSeconds: waitSeconds)
            }
            throw .file(error)
        }
    }
}
