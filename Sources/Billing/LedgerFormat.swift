/// One entry <-> one line of `ledger.jsonl`, without the line's end. There is one spelling of each
/// line: what `decode` accepts is what `encode` writes.
///
/// The hashes are computed elsewhere; the pieces are appended in this order:
///
///     var bytes = LedgerFormat.entryPrefix(seq: seq, at: at, entry)
///     // of a balance's line:
///     LedgerFormat.appendPosition(n: n, prev: prev, to: &bytes)
///     LedgerFormat.appendLink(/* over the balance's previous link and bytes */, to: &bytes)
///     // of the first line of a batch:
///     LedgerFormat.appendSynced(seq, to: &bytes)
///     LedgerFormat.appendChain(/* over the previous chain and bytes */, to: &bytes)
public enum LedgerFormat {
    /// What `decode` found: the line, and where the bytes end that the two hashes are over.
    public struct Decoded: Hashable, Sendable {
        public let line: LedgerLine
        /// Where `,"link":` begins; `nil` when the line is not of a balance.
        public let linkStart: Int?
        /// Where `,"chain":` begins.
        public let chainStart: Int
    }

    /// The line from `{` to the entry's last field.
    public static func entryPrefix(seq: Int64, at: Timestamp, _ entry: LedgerEntry) -> [UInt8] {
        var line = LineWriter()
        line.open()
        line.integer("seq", seq)
        line.timestamp("at", at)
        line.text("type", entry.typeText)
        switch entry {
        case .ledger(let entry): entry.write(to: &line)
        case .prices(let entry): entry.write(to: &line)
        case .balance(let entry): entry.write(to: &line)
        case .topup(let entry): entry.write(to: &line)
        case .grant(let entry): entry.write(to: &line)
        case .extend(let entry): entry.write(to: &line)
        case .pass(let entry): entry.write(to: &line)
        case .charge(let entry): entry.write(to: &line)
        case .void(let entry): entry.write(to: &line)
        case .expire(let entry): entry.write(to: &line)
        case .refund(let entry): entry.write(to: &line)
        case .note(let entry): entry.write(to: &line)
        }
        return line.bytes
    }

    public static func appendPosition(n: Int64, prev: Int64, to bytes: inout [UInt8]) {
        appendInteger(",\"n\":", n, to: &bytes)
        appendInteger(",\"prev\":", prev, to: &bytes)
    }

    public static func appendLink(_ link: LinkHash, to bytes: inout [UInt8]) {
        bytes.append(text: ",\"link\":\"")
        link.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    public static func appendSynced(_ seq: Int64, to bytes: inout [UInt8]) {
        appendInteger(",\"synced\":", seq, to: &bytes)
    }

    /// The last piece; the closing brace with it.
    public static func appendChain(_ chain: LinkHash, to bytes: inout [UInt8]) {
        bytes.append(text: ",\"chain\":\"")
        chain.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: "}"))
    }

    public static func encode(_ line: LedgerLine) -> [UInt8] {
        var bytes = entryPrefix(seq: line.seq, at: line.at, line.entry)
        if let position = line.position {
            appendPosition(n: position.n, prev: position.prev, to: &bytes)
            appendLink(position.link, to: &bytes)
        }
        if let synced = line.synced { appendSynced(synced, to: &bytes) }
        appendChain(line.chain, to: &bytes)
        return bytes
    }

    /// Reads one line. For many lines keep a `LedgerReader`: it is faster.
    public static func decode(_ line: Span<UInt8>) throws(LedgerFormatError) -> Decoded {
        var reader = LineReader(remembering: false)
        return try reader.ledgerLine(line)
    }

    private static func appendInteger(_ key: String, _ value: Int64, to bytes: inout [UInt8]) {
        precondition(value >= 0, "the ledger has no negative counts")
        bytes.append(text: key)
        DecimalText.appendInteger(UInt64(value), to: &bytes)
    }
}

extension LineReader {
    fileprivate mutating func ledgerLine(
        _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> LedgerFormat.Decoded {
        begin()
        try open(line)
        let seq = try integer("seq", line)
        let at = try timestamp("at", line)
        let entry = try entry(line)
        var place: BalancePosition?
        var linkStart: Int?
        if entry.balanceID != nil {
            let n = try integer("n", line)
            let prev = try integer("prev", line)
            linkStart = position
            place = BalancePosition(n: n, prev: prev, link: try link("link", line))
        }
        let synced = hasKey("synced", line) ? try integer("synced", line) : nil
        let chainStart = position
        let chain = try link("chain", line)
        try close(line)
        if position != line.count { throw malformed }
        return LedgerFormat.Decoded(
            line: LedgerLine(
                seq: seq, at: at, entry: entry, position: place, synced: synced, chain: chain),
            linkStart: linkStart, chainStart: chainStart)
    }

    private mutating func entry(_ line: Span<UInt8>) throws(LedgerFormatError) -> LedgerEntry {
        switch try commonText("type", line) {
        case "charge": return .charge(try ChargeEntry(&self, line))
        case "void": return .void(try VoidEntry(&self, line))
        case "topup": return .topup(try TopupEntry(&self, line))
        case "grant": return .grant(try GrantEntry(&self, line))
        case "expire": return .expire(try ExpireEntry(&self, line))
        case "balance": return .balance(try BalanceEntry(&self, line))
        case "pass": return .pass(try PassEntry(&self, line))
        case "extend": return .extend(try ExtendEntry(&self, line))
        case "refund": return .refund(try RefundEntry(&self, line))
        case "note": return .note(try NoteEntry(&self, line))
        case "prices": return .prices(try PricesEntry(&self, line))
        case "ledger": return .ledger(try FormatEntry(&self, line))
        default: throw malformed
        }
    }
}

/// Decodes many lines, and remembers the names that repeat from line to line.
public struct LedgerReader: Sendable {
    private var reader = LineReader(remembering: true)

    public init() {}

    public mutating func decode(
        _ line: Span<UInt8>
    ) throws(LedgerFormatError) -> LedgerFormat.Decoded {
        try reader.ledgerLine(line)
    }
}
