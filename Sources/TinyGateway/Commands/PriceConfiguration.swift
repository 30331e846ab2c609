import Billing

/// `[[billing.price]]`: one model's prices from a day on, in USD per million tokens.
struct PriceConfiguration {
    let row: PriceRow
    /// Where the row begins in the file.
    let line: Int

    func isSameRow(_ other: PriceConfiguration) -> Bool {
        row.model == other.row.model && row.from == other.row.from
    }

    static let keys = [
        ConfigurationKey("model", "\"gpt-5.5\"", ""),
        ConfigurationKey("from", "\"2026-01-01\"", "the day, UTC, from which the row counts"),
        ConfigurationKey("input", "\"0.5\"", ""),
        ConfigurationKey("cached_input", "\"0.05\"", "left out: as input"),
        ConfigurationKey("cache_write", "\"0.5\"", "left out: as input"),
        ConfigurationKey("output", "\"3\"", "reasoning tokens are inside"),
        ConfigurationKey("fast", "\"2.5\"", "multiplies all three in the Fast tier; left out: 1"),
        ConfigurationKey(
            "long_context",
            "{ above = 272000, input = \"1\", cached_input = \"0.1\", output = \"4.5\" }",
            "left out: none"),
    ]

    static let longContextKeys = [
        ConfigurationKey("above", "272000", "input tokens"),
        ConfigurationKey("input", "\"1\"", ""),
        ConfigurationKey("cached_input", "\"0.1\"", ""),
        ConfigurationKey("output", "\"4.5\"", ""),
    ]

    init(_ table: TOMLTable) throws(ConfigurationError) {
        let section = try ConfigurationSection(
            table, name: "billing.price", keys: Self.keys)
        line = section.line
        row = PriceRow(
            model: try section.model("model", section.required("model")),
            from: try section.day("from"), input: try section.price("input"),
            cachedInput: try section.optionalPrice("cached_input"),
            cacheWrite: try section.optionalPrice("cache_write"),
            output: try section.price("output"), fast: try Self.fast(section),
            longContext: try Self.longContext(section))
    }

    private static func fast(_ section: ConfigurationSection) throws(ConfigurationError)
        -> Multiplier
    {
        guard let text = try section.text("fast") else { return .one }
        guard let multiplier = Multiplier(text.text) else {
            throw section.badValue(
                "fast",
                "\"\(text.text)\" is not a factor like \"2.5\", above 0, with at most 3 places")
        }
        return multiplier
    }

    private static func longContext(
        _ section: ConfigurationSection
    ) throws(ConfigurationError) -> LongContext? {
        guard let value = section.value("long_context") else { return nil }
        guard case .table(let table) = value.content else {
            throw section.wrongType("long_context", value, expected: "an inline table")
        }
        let inner = try ConfigurationSection(
            table, name: "billing.price.long_context", keys: longContextKeys)
        guard inner.value("above") != nil else {
            throw inner.badValue("above", "is missing; a number of input tokens, above = 272000")
        }
        return LongContext(
            above: Int64(try inner.integer("above", 0, in: 1...1_000_000_000)),
            input: try inner.price("input"), cachedInput: try inner.optionalPrice("cached_input"),
            output: try inner.price("output"))
    }
}

extension ConfigurationSection {
    /// A string that must be there.
    func required(_ key: String) throws(ConfigurationError) -> String {
        guard let text = try text(key) else {
            throw badValue(key, "is missing in the table of line \(line)")
        }
        return text.text
    }

    func price(_ key: String) throws(ConfigurationError) -> TokenPrice {
        try price(key, required(key))
    }

    func optionalPrice(_ key: String) throws(ConfigurationError) -> TokenPrice? {
        guard let text = try text(key) else { return nil }
        return try price(key, text.text)
    }

    private func price(_ key: String, _ text: String) throws(ConfigurationError) -> TokenPrice {
        guard let price = TokenPrice(text) else {
            throw badValue(
                key,
                "\"\(text)\" is not a price in USD per million tokens like \"0.075\", with at most 6 "
                    + "places")
        }
        return price
    }

    func day(_ key: String) throws(ConfigurationError) -> CivilDay {
        let text = try required(key)
        guard let day = CivilDay(text) else {
            throw badValue(key, "\"\(text)\" is not a day like \"2026-01-01\"")
        }
        return day
    }
}
