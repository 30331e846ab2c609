import Billing

extension Books {
    /// Locks the data directory, brings the books up to what the ledger holds, and starts the
    /// writer.
    ///
    /// Before it returns, these are durable: a new ledger's first lines, the price table if it is
    /// not the last one in the ledger, and a `void` for each exchange that a crash left open. See
    /// `report`.
    static func open(
        directory: String, loop: EventLoop, prices: PriceTable, terms: BillingTerms,
        mode: LedgerMode, clock: @escaping () -> Timestamp,
        isThreaded: Bool = true, device: (File) -> LedgerDevice = { LedgerDevice($0) }
    ) throws(BooksError) -> Books {
        let folder = LedgerFolder(directory: directory)
        let file = try LedgerLock.take(folder, waitSeconds: mode.waitSeconds)
        let table = PriceDigest.entry(prices)
        let opening = try BooksOpening(folder, device(file), prices: table, now: clock())
        do throws(FileError) {
            return try Books(
                opening, prices: table, terms: terms, loop: loop, isThreaded: isThreaded,
                clock: clock)
        } catch let error {
            throw .file(error)
        }
    }

    /// The books as they stand on the disk, without a lock: for commands that only look. A line
    /// that a running gateway is just writing is left out.
    static func readOnly(directory: String) throws(BooksError) -> BooksReading {
        try BooksReading(LedgerFolder(directory: directory))
    }

    /// Recomputes everything that can be: chains, numbering, time, books, and each charge from its
    /// recorded usage and the prices it names. Memory does not grow with the ledger. Takes no lock.
    static func verify(directory: String) throws(BooksError) -> VerifyReport {
        do throws(FileError) {
            return try VerifyReport(LedgerFolder(directory: directory))
        } catch let error {
            throw .file(error)
        }
    }

    /// Finds what `verify` would find and, when `isCutting`, keeps the rest of the file aside and
    /// cuts it there.
    static func repair(
        directory: String, isCutting: Bool, mode: LedgerMode
    ) throws(BooksError) -> RepairReport {
        let folder = LedgerFolder(directory: directory)
        let file = try LedgerLock.take(folder, waitSeconds: mode.waitSeconds)
        do throws(FileError) {
            return try RepairReport(folder, file, isCutting: isCutting)
        } catch let error {
            throw .file(error)
        }
    }
}
