// The parts of `Ledger.encodeState`, each beside its reader.

extension KeyedContent {
    func write(to line: inout LineWriter) {
        switch self {
        case .topup(let balance, let paid):
            line.text("topup", balance.text)
            line.money("paid", paid)
        case .pass(let balance, let weeks, let paid):
            line.text("pass", balance.text)
            line.integer("weeks", weeks)
            line.money("paid", paid)
        case .grant(let balance, let amount, let label):
            line.text("grant", balance.text)
            line.money("amount", amount)
            line.text("label", label)
        case .refund(let balance, let entry):
            line.text("refund", balance.text)
            line.integer("entry", entry)
        }
    }

    init(_ reader: inout LineReader, _ text: Span<UInt8>) throws(LedgerFormatError) {
        if reader.hasKey("topup", text) {
            let balance = try reader.balance("topup", text)
            self = .topup(balance, try reader.money("paid", text))
        } else if reader.hasKey("pass", text) {
            let balance = try reader.balance("pass", text)
            let weeks = try reader.integer("weeks", text)
            self = .pass(balance, weeks: weeks, try reader.money("paid", text))
        } else if reader.hasKey("grant", text) {
            let balance = try reader.balance("grant", text)
            let amount = try reader.money("amount", text)
            self = .grant(balance, amount, label: try reader.text("label", text))
        } else {
            let balance = try reader.balance("refund", text)
            self = .refund(balance, entry: try reader.integer("entry", text))
        }
    }
}

extension Balance {
    func write(to line: inout LineWriter) {
        line.open()
        line.text("balance", id.text)
        line.text("account", account.text)
        line.text("service", service.text)
        line.text("label", label)
        line.key("lots")
        line.open(UInt8(ascii: "["))
        for lot in lots {
            line.separate()
            lot.write(to: &line)
        }
        line.close(UInt8(ascii: "]"))
        line.money("debt", debt)
        line.timestampIfAny("pool_expires", poolExpires)
        line.timestampIfAny("grants_expire", grantsExpire)
        line.timestampIfAny("pass_expires", passExpires)
        line.integer("n", tip.n)
        line.integer("offset", tip.offset)
        line.link("link", tip.link)
        line.end()
    }

    init(_ reader: inout LineReader, _ text: Span<UInt8>) throws(LedgerFormatError) {
        try reader.open(text)
        self.init(try BalanceEntry(&reader, text))
        try reader.key("lots", text)
        try reader.open(text, UInt8(ascii: "["))
        while !reader.isNext(UInt8(ascii: "]"), text) {
            try reader.separate(text)
            lots.append(try Lot(&reader, text))
        }
        try reader.close(text, UInt8(ascii: "]"))
        debt = try reader.money("debt", text)
        poolExpires = try reader.timestampIfAny("pool_expires", text)
        grantsExpire = try reader.timestampIfAny("grants_expire", text)
        passExpires = try reader.timestampIfAny("pass_expires", text)
        tip.n = try reader.integer("n", text)
        tip.offset = try reader.integer("offset", text)
        tip.link = try reader.link("link", text)
        try reader.end(text)
        if !isSound { throw reader.malformed }
    }
}

extension Lot {
    fileprivate func write(to line: inout LineWriter) {
        line.open()
        line.integer("seq", seq)
        line.boolean("grant", kind == .grant)
        line.text("label", label)
        line.money("paid", paid)
        line.money("bonus", bonus)
        line.timestamp("expires", expires)
        line.close()
    }

    fileprivate init(
        _ reader: inout LineReader, _ text: Span<UInt8>
    ) throws(LedgerFormatError) {
        try reader.open(text)
        self.seq = try reader.integer("seq", text)
        self.kind = try reader.boolean("grant", text) ? .grant : .pool
        self.label = try reader.text("label", text)
        self.paid = try reader.money("paid", text)
        self.bonus = try reader.money("bonus", text)
        self.expires = try reader.timestamp("expires", text)
        try reader.close(text)
    }
}

extension UsageRollup {
    func write(to line: inout LineWriter) {
        line.open()
        line.integer("newest_day", Int64(newestDay))
        line.integer("names", Int64(names.count))
        line.integer("unknown", Int64(unknown.count))
        line.integer("rows", Int64(rows.count))
        line.end()
        for name in names {
            line.open()
            line.text("name", name)
            line.end()
        }
        for index in names.indices {
            guard let sum = unknown[Int32(index)] else { continue }
            line.open()
            line.integer("model", Int64(index))
            line.integer("responses", sum.responses)
            line.money("cost", sum.cost)
            line.end()
        }
        // Nearly all of a checkpoint, hence not as text: a start has little to read.
        for row in rows {
            let key = row.key
            let sum = row.sum
            line.integers([
                Int64(key.day), Int64(key.balance), Int64(key.model), Int64(key.tier),
                sum.responses, sum.input, sum.cached, sum.output, sum.reasoning, sum.searches,
                sum.images, sum.cost.units,
            ])
        }
    }

    init(
        _ reader: inout LineReader, _ text: Span<UInt8>, balanceCount: Int
    ) throws(LedgerFormatError) {
        try reader.open(text)
        newestDay = try UsageRollup.index("newest_day", below: 2_932_897, &reader, text)
        let nameCount = try reader.integer("names", text)
        let unknownCount = try reader.integer("unknown", text)
        let rowCount = try reader.integer("rows", text)
        try reader.end(text)
        for _ in 0..<nameCount {
            try reader.open(text)
            let name = try reader.text("name", text)
            indices[name] = Int32(names.count)
            names.append(name)
            try reader.end(text)
        }
        for _ in 0..<unknownCount {
            try reader.open(text)
            let model = try UsageRollup.index("model", below: names.count, &reader, text)
            let responses = try reader.integer("responses", text)
            unknown[model] = UnknownSum(
                responses: responses, cost: try reader.money("cost", text))
            try reader.end(text)
        }
        // A count that no file of this length can hold would only cost memory.
        if rowCount > text.count / 12 { throw reader.malformed }
        var rows: [Row] = []
        // With room, so that the first charges to come do not move all of it.
        rows.reserveCapacity(Int(rowCount + rowCount / 8))
        for _ in 0..<rowCount {
            let numbers = try reader.integers(text)
            guard numbers[0] < 2_932_897, numbers[1] < balanceCount, numbers[2] < names.count,
                numbers[3] < names.count
            else { throw reader.malformed }
            let key = UsageKey(
                day: Int32(numbers[0]), balance: Int32(numbers[1]), model: Int32(numbers[2]),
                tier: Int32(numbers[3]))
            var sum = UsageSum()
            sum.responses = numbers[4]
            sum.input = numbers[5]
            sum.cached = numbers[6]
            sum.output = numbers[7]
            sum.reasoning = numbers[8]
            sum.searches = numbers[9]
            sum.images = numbers[10]
            sum.cost = Money(units: numbers[11])
            rows.append(Row(key: key, sum: sum))
        }
        setRows(rows)
    }

    private static func index(
        _ name: String, below limit: Int, _ reader: inout LineReader, _ text: Span<UInt8>
    ) throws(LedgerFormatError) -> Int32 {
        let value = try reader.integer(name, text)
        if value >= limit { throw reader.malformed }
        return Int32(value)
    }
}
