import Billing

/// What is wrong with a line, in the order in which it is checked.
enum LineFault: Error, Equatable, Sendable {
    case noLineEnd
    case tooLong
    /// Not what the writer writes for any entry, from this byte of the line on.
    case unreadable(byte: Int)
    case notFirst
    case sequence(found: Int64, expected: Int64)
    case timeRunsBack
    case place(found: Int64, expected: Int64)
    case previous(found: Int64, expected: Int64)
    case link
    case synced(found: Int64, seq: Int64)
    case chain
    /// The line is intact, but the books refuse it after the lines before it.
    case refused(LedgerError)
    /// The amount does not follow from the recorded usage and prices.
    case amount(String)

    var text: String {
        switch self {
        case .noLineEnd: "the line has no end"
        case .tooLong: "the line is longer than \(Limits.ledgerLineBytes) bytes"
        case .unreadable(let byte): "the line is no entry from its byte \(byte) on"
        case .notFirst: "the first line is not that of a ledger"
        case .sequence(let found, let expected): "seq is \(found), not \(expected)"
        case .timeRunsBack: "at is before the line before it"
        case .place(let found, let expected): "n is \(found), not \(expected)"
        case .previous(let found, let expected): "prev is \(found), not \(expected)"
        case .link: "link does not follow from the balance's lines"
        case .synced(let found, let seq): "synced is \(found) on line \(seq)"
        case .chain: "chain does not follow from the lines before it"
        case .refused(let error): "the books refuse the entry (\(error.text))"
        case .amount(let why): why
        }
    }
}
