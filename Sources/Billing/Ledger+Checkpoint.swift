extension Ledger {
    private static let checkpointVersion: Int64 = 3

    /// The state, holds left out: JSON lines in a fixed order and behind them the sums of the usage
    /// as binary numbers; the same for the same state.
    /// What is derived from the ledger; `init(state:)` reads it again.
    public func encodeState() -> [UInt8] {
        var line = LineWriter()
        writeHead(to: &line)
        for (table, offset) in tables.sorted(by: { $0.value < $1.value }) {
            line.open()
            line.text("table", table.text)
            line.integer("offset", offset)
            line.end()
        }
        for balance in balances { balance.write(to: &line) }
        Ledger.write(payments, to: &line)
        Ledger.write(ids, to: &line)
        for entry in refunded.sorted() {
            line.open()
            line.integer("refunded", entry)
            line.end()
        }
        usage.write(to: &line)
        return line.bytes
    }

    /// `nil` for anything but what `encodeState` writes; the caller then replays the ledger. A
    /// checkpoint that was altered so that it still reads well is not found out here.
    public init?(state: Span<UInt8>) {
        do {
            var reader = LineReader(remembering: true)
            try self.init(&reader, state)
        } catch {
            return nil
        }
    }

    private func writeHead(to line: inout LineWriter) {
        line.open()
        line.integer("checkpoint", Ledger.checkpointVersion)
        line.text("ledger", id?.text ?? "")
        line.integer("seq", seq)
        line.timestamp("at", at)
        line.integer("end", end)
        line.link("chain", chain)
        line.integer("tables", Int64(tables.count))
        line.integer("balances", Int64(balances.count))
        line.integer("payments", Int64(payments.count))
        line.integer("ids", Int64(ids.count))
        line.integer("refunded", Int64(refunded.count))
        line.end()
    }

    private init(_ reader: inout LineReader, _ text: Span<UInt8>) throws(LedgerFormatError) {
        self.init()
        try reader.open(text)
        guard try reader.integer("checkpoint", text) == Ledger.checkpointVersion else {
            throw reader.malformed
        }
        let ledger = try reader.text("ledger", text)
        id = LedgerID(ledger)
        if id == nil && !ledger.isEmpty { throw reader.malformed }
        seq = try reader.integer("seq", text)
        at = try reader.timestamp("at", text)
        end = try reader.integer("end", text)
        chain = try reader.link("chain", text)
        let tableCount = try reader.integer("tables", text)
        let balanceCount = try reader.integer("balances", text)
        let paymentCount = try reader.integer("payments", text)
        let idCount = try reader.integer("ids", text)
        let refundedCount = try reader.integer("refunded", text)
        try reader.end(text)
        for _ in 0..<tableCount {
            try reader.open(text)
            let table = try reader.table("table", text)
            tables[table] = try reader.integer("offset", text)
            try reader.end(text)
        }
        for _ in 0..<balanceCount {
            let balance = try Balance(&reader, text)
            if indices.updateValue(balances.count, forKey: balance.id) != nil {
                throw reader.malformed
            }
            balances.append(balance)
        }
        payments = try Ledger.readKeys(paymentCount, &reader, text)
        ids = try Ledger.readKeys(idCount, &reader, text)
        for _ in 0..<refundedCount {
            try reader.open(text)
            refunded.insert(try reader.integer("refunded", text))
            try reader.end(text)
        }
        usage = try UsageRollup(&reader, text, balanceCount: balances.count)
        if reader.position != text.count || usage.newestDay > at.day.number {
            throw reader.malformed
        }
    }

    private static func write(_ keys: [PaymentKey: KeyedContent], to line: inout LineWriter) {
        for (key, content) in keys.sorted(by: { $0.key.text < $1.key.text }) {
            line.open()
            line.text("key", key.text)
            content.write(to: &line)
            line.end()
        }
    }

    private static func readKeys(
        _ count: Int64, _ reader: inout LineReader, _ text: Span<UInt8>
    ) throws(LedgerFormatError) -> [PaymentKey: KeyedContent] {
        var keys: [PaymentKey: KeyedContent] = [:]
        for _ in 0..<count {
            try reader.open(text)
            let key: PaymentKey = try reader.identifier("key", text)
            keys[key] = try KeyedContent(&reader, text)
            try reader.end(text)
        }
        return keys
    }
}

extension LineWriter {
    /// Ends a line of the checkpoint.
    mutating func end() {
        close()
        newline()
    }

    /// An optional moment: the field is left out when there is none.
    mutating func timestampIfAny(_ name: String, _ value: Timestamp?) {
        if let value { timestamp(name, value) }
    }
}

extension LineReader {
    mutating func end(_ text: Span<UInt8>) throws(LedgerFormatError) {
        try close(text)
        try newline(text)
    }

    mutating func timestampIfAny(
        _ name: String, _ text: Span<UInt8>
    ) throws(LedgerFormatError) -> Timestamp? {
        hasKey(name, text) ? try timestamp(name, text) : nil
    }
}
