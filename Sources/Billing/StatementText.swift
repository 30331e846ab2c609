/// A statement as text, row by row, so that its length costs no memory. JSON Lines are not made
/// here: they are the ledger's own lines.
public struct StatementText: Sendable {
    public enum Format: Hashable, Sendable {
        /// For people.
        case table
        /// RFC 4180, with a head.
        case csv
        /// A journal in double entry for hledger and ledger.
        case hledger
    }

    private let format: Format
    private let balance: BalanceID

    public init(_ format: Format, of balance: Balance) {
        self.format = format
        self.balance = balance.id
    }

    /// Before the first row. `opening` is what the balance held before it, on `day`; `nil` when the
    /// statement begins with the balance.
    public func head(opening: StatementRow.Sums?, day: CivilDay) -> String {
        switch format {
        case .table:
            let row = StatementText.row("at (UTC)", "what", "amount", "balance", "")
            return opening.map { row + StatementText.row("", "opening", "", $0.remaining.text, "") }
                ?? row
        case .csv:
            let head =
                "n,seq,at,type,detail,model,tier,input,cached,cache_write,output,reasoning,"
                + "searches,images,exact,amount,balance\r\n"
            return opening.map { head + ",,,opening,,,,,,,,,,,,,\($0.remaining.text)\r\n" } ?? head
        case .hledger: return Journal(balance).head(opening: opening, day: day)
        }
    }

    public func row(_ row: StatementRow) -> String {
        switch format {
        case .table:
            let isMoney = row.change != .zero
            return StatementText.row(
                row.line.at.text, row.line.entry.typeText, isMoney ? row.change.text : "-",
                row.after.remaining.text, row.detail)
        case .csv: return StatementText.csv(row)
        case .hledger: return Journal(balance).transaction(row)
        }
    }

    /// Columns of a fixed width: a statement is written before its last row is known.
    private static func row(
        _ at: String, _ what: String, _ amount: String, _ balance: String, _ detail: String
    ) -> String {
        padded(at, 26, isRight: false) + padded(what, 8, isRight: false)
            + padded(amount, 14, isRight: true) + " " + padded(balance, 14, isRight: true)
            + (detail.isEmpty ? "" : "  " + detail) + "\n"
    }

    private static func padded(_ text: String, _ width: Int, isRight: Bool) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.utf8.count))
        return isRight ? spaces + text : text + spaces
    }

    private static func csv(_ row: StatementRow) -> String {
        var fields = [
            "\(row.line.position?.n ?? 0)", "\(row.line.seq)", row.line.at.text,
            row.line.entry.typeText, quoted(row.detail),
        ]
        if case .charge(let entry) = row.line.entry {
            let usage = entry.usage
            fields += [quoted(entry.model.text), quoted(entry.tier)]
            fields += [
                usage.input, usage.cached, usage.cacheWrite, usage.output, usage.reasoning,
                usage.searches, usage.imageCount,
            ].map { "\($0)" }
            fields.append(entry.price.exact.text)
        } else {
            fields += [String](repeating: "", count: 10)
        }
        fields += [row.change.text, row.after.remaining.text]
        return fields.joined(separator: ",") + "\r\n"
    }

    /// Text that others chose. A spreadsheet would compute what begins like a formula.
    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) {
            bytes.append(UInt8(ascii: "'"))
        }
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
