/// Who opens the books.
enum LedgerMode: Equatable, Sendable {
    /// The gateway: another one that is running is an error at once.
    case serve
    /// A command, which lets another command finish.
    case command(waitSeconds: Int)

    var waitSeconds: Int {
        switch self {
        case .serve: 0
        case .command(let waitSeconds): waitSeconds
        }
    }
}
