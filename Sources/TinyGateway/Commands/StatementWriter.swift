import Billing

/// Writes one balance's statement to the output, line by line: memory does not grow with its length
/// but for the offsets of the lines.
struct StatementWriter {
    /// What is gathered before it is written.
    private static let pieceBytes = 65_536

    private let ledger: Ledger
    private let places: LedgerPlaces
    private let balance: Balance
    private let from: CivilDay?
    private let to: CivilDay?
    /// nil: the ledger's own lines.
    private let text: StatementText?
    private var tables: Set<TableDigest> = []
    private var piece: [UInt8] = []

    init(
        _ reading: BooksReading, _ balance: Balance, from: CivilDay?, to: CivilDay?,
        _ format: StatementText.Format?
    ) {
        ledger = reading.ledger
        places = LedgerPlaces(file: reading.file, end: reading.ledger.end)
        self.balance = balance
        self.from = from
        self.to = to
        text = format.map { StatementText($0, of: balance) }
    }

    mutating func write() throws(BooksError) {
        let offsets = try places.offsets(before: balance.tip)
        let builder = LineBuilder()
        var link = LinkHash.zero
        var book: StatementBook?
        var n: Int64 = 0
        var hasBegun = false
        for offset in offsets.reversed() {
            let found = try places.line(at: offset)
            if let to, found.line.at.day > to { break }
            // What a statement says is proved first: each line follows the one before.
            guard let start = found.decoded.linkStart, let position = found.line.position,
                position.link == builder.chained(link, found.text.span.extracting(0..<start))
            else {
                throw .damaged(
                    LedgerDamage(line: found.line.seq, offset: offset, fault: .link))
            }
            if !hasBegun && from.map({ found.line.at.day >= $0 }) ?? true {
                hasBegun = true
                begin(book, n, link)
            }
            link = position.link
            n = position.n
            let row = Self.take(found.line, into: &book)
            if hasBegun { try write(found, row) }
        }
        if !hasBegun { begin(book, n, link) }
        flush()
    }

    private static func take(_ line: LedgerLine, into book: inout StatementBook?) -> StatementRow? {
        guard book != nil else {
            book = StatementBook(line)
            return book?.opened(line)
        }
        return book?.take(line)
    }

    /// Before the first line that is shown.
    /// - Parameters n, link: of the line before it.
    private mutating func begin(_ book: StatementBook?, _ n: Int64, _ link: LinkHash) {
        let opening = book.map { StatementRow.Sums($0.balance) }
        if let text {
            append(text.head(opening: opening, day: from ?? ledger.at.day))
            return
        }
        guard let book, let opening else { return }
        var head = JSONLine()
        head.text("type", "opening")
        head.text("balance", book.balance.id.text)
        head.integer("n", n)
        head.text("link", link.text)
        head.text("remaining", opening.remaining.text)
        append(head.line)
    }

    private mutating func write(
        _ found: LedgerPlaces.Found, _ row: StatementRow?
    ) throws(BooksError) {
        if let text {
            if let row { append(text.row(row)) }
        } else {
            if case .charge(let charge) = found.line.entry { try show(charge.table) }
            append(found.text)
        }
        if piece.count >= Self.pieceBytes { flush() }
    }

    /// The table's own line, before the first charge that names it.
    private mutating func show(_ table: TableDigest) throws(BooksError) {
        guard tables.insert(table).inserted, let offset = ledger.offset(of: table) else { return }
        append(try places.line(at: offset).text)
    }

    private mutating func append(_ line: [UInt8]) {
        piece.append(contentsOf: line)
        piece.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ text: String) {
        piece.append(contentsOf: text.utf8)
    }

    private mutating func flush() {
        HostProcess.write(piece, to: .output)
        piece.removeAll(keepingCapacity: true)
    }
}
