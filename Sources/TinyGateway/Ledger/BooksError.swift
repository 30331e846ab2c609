/// Why the books cannot be opened.
enum BooksError: Error, Equatable {
    /// Another process holds the data directory.
    case locked(directory: String, waitedSeconds: Int)
    case damaged(LedgerDamage)
    case file(FileError)
    /// The disk took neither the first lines nor those that settle a crash.
    case notWritten(code: Int32)

    /// A sentence without its full stop, with the remedy.
    var text: String {
        switch self {
        case .locked(let directory, let waitedSeconds):
            "\(directory) is in use by another tinygateway"
                + (waitedSeconds > 0 ? " (waited \(waitedSeconds) s)" : "")
                + "; stop it, or let a command reach it over admin.sock"
        case .damaged(let damage): damage.text
        case .file(let error): error.text
        case .notWritten(let code):
            "ledger.jsonl cannot be written: \(FileError.describe(code)); make room on the disk"
        }
    }
}
