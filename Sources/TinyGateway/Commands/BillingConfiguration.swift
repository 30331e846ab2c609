import Billing

/// `[billing]`: what credit costs, how long it lasts, and the rows that add to or replace the price
/// table. Amounts are strings of USD: TOML's floats cannot hold them exactly.
struct BillingConfiguration {
    /// Top-ups, bonus, validity, holds.
    var terms = BillingTerms()
    /// The compiled-in table with the operator's rows.
    var prices = PriceTable.default

    static let keys = [
        ConfigurationKey("minimum_hold", "\"0.01\"", "USD held until a request's body is known"),
        ConfigurationKey("overdraft", "\"0.50\"", "USD that a balance may go below zero"),
        ConfigurationKey("output_allowance", "16000", "tokens assumed without max_output_tokens"),
        ConfigurationKey(
            "topups",
            "[\"5\", \"10\", \"20\", \"30\", \"40\", \"50\", \"60\", \"70\", \"80\", \"90\", \"100\"]",
            ""),
        ConfigurationKey("bonus_percent", "200", "200 makes 60 of 20"),
        ConfigurationKey("bonus_from", "\"10\"", "the smallest top-up with a bonus, USD"),
        ConfigurationKey("valid_days", "30", "from the last top-up; a grant's own by default"),
        ConfigurationKey("link_week", "\"0.25\"", "USD a week"),
        ConfigurationKey("web_search", "\"0.001\"", "USD each"),
        ConfigurationKey("unknown_model", "\"gpt-5.5-pro\"", "charges models without a row"),
    ]

    init() {}

    init(_ table: TOMLTable) throws(ConfigurationError) {
        let section = try ConfigurationSection(
            table, name: "billing", keys: Self.keys, tables: ["price", "image"])
        try readTerms(section)
        try readPrices(section)
    }

    private mutating func readTerms(_ section: ConfigurationSection) throws(ConfigurationError) {
        terms.minimumHold = try section.money("minimum_hold", terms.minimumHold)
        terms.overdraft = try section.money("overdraft", terms.overdraft)
        terms.outputAllowance = Int64(
            try section.integer("output_allowance", Int(terms.outputAllowance), in: 0...1_000_000))
        terms.bonusPercent = Int64(
            try section.integer("bonus_percent", Int(terms.bonusPercent), in: 0...10_000))
        terms.bonusFrom = try section.money("bonus_from", terms.bonusFrom)
        terms.validDays = Int64(
            try section.integer("valid_days", Int(terms.validDays), in: 1...3_650))
        terms.linkWeek = try section.wholeMoney("link_week", terms.linkWeek)
        terms.topups = try Self.topups(section) ?? terms.topups
        guard terms.minimumHold > .zero else {
            throw section.badValue("minimum_hold", "must be above 0, or nobody is ever refused")
        }
    }

    /// Rows first, so that `unknown_model` may name one of them.
    private mutating func readPrices(_ section: ConfigurationSection) throws(ConfigurationError) {
        var rows: [PriceConfiguration] = []
        for table in try section.tables("price") {
            let row = try PriceConfiguration(table)
            if let first = rows.first(where: { $0.isSameRow(row) }) {
                throw .duplicateKey(
                    line: row.line, key: "billing.price of \(row.row.model.text)",
                    first: first.line)
            }
            rows.append(row)
            prices = prices.replacing(row.row)
        }
        var images: [ImageConfiguration] = []
        for table in try section.tables("image") {
            let image = try ImageConfiguration(table)
            if let first = images.first(where: { $0.isSameKind(image) }) {
                throw .duplicateKey(
                    line: image.line, key: "billing.image of \(image.image.model)",
                    first: first.line)
            }
            images.append(image)
            prices = prices.replacing(image.image)
        }
        let model = try section.model(
            "unknown_model", section.string("unknown_model", prices.unknownModel.text))
        let webSearch = try section.callPrice("web_search") ?? prices.webSearch
        guard let table = prices.with(webSearch: webSearch, unknownModel: model) else {
            throw section.badValue(
                "unknown_model",
                "\(model.text) has no price; name a model of `tinygateway prices show`")
        }
        // It stands in the ledger in full, in one line with its digest, number and chain.
        let bytes = table.canonicalText.count
        guard bytes <= Limits.ledgerLineBytes - 1_024 else {
            throw section.badValue(
                "price",
                "and billing.image make a table of \(bytes) bytes, and a ledger line holds "
                    + "\(Limits.ledgerLineBytes - 1_024); leave out rows that are no longer in force"
            )
        }
        prices = table
    }

    private static func topups(
        _ section: ConfigurationSection
    ) throws(ConfigurationError) -> [Money]? {
        guard let texts = try section.strings("topups") else { return nil }
        var amounts: [Money] = []
        for text in texts {
            guard let amount = Money(text.text), amount > .zero, amount.isWhole else {
                throw section.badValue(
                    "topups", line: text.line,
                    "\"\(text.text)\" is not an amount in USD like \"20\"")
            }
            guard amounts.last.map({ $0 < amount }) ?? true else {
                throw section.badValue("topups", line: text.line, "the amounts must rise")
            }
            amounts.append(amount)
        }
        return amounts
    }
}

extension ConfigurationSection {
    /// An amount of USD, not negative.
    func money(_ key: String, _ fallback: Money) throws(ConfigurationError) -> Money {
        guard let text = try text(key) else { return fallback }
        guard let amount = Money(text.text), !(amount < .zero) else {
            throw badValue(
                key, "\"\(text.text)\" is not an amount in USD like \"0.25\", with at most 6 places"
            )
        }
        return amount
    }

    /// An amount that the ledger can hold: a multiple of 0.0001 USD.
    func wholeMoney(_ key: String, _ fallback: Money) throws(ConfigurationError) -> Money {
        let amount = try money(key, fallback)
        guard amount.isWhole else {
            throw badValue(key, "\(amount.text) has more than the 4 places that the ledger keeps")
        }
        return amount
    }

    /// The price of one call in USD, nil when absent.
    func callPrice(_ key: String) throws(ConfigurationError) -> CallPrice? {
        guard let text = try text(key) else { return nil }
        guard let price = CallPrice(text.text) else {
            throw badValue(
                key, "\"\(text.text)\" is not a price in USD like \"0.001\", with at most 6 places")
        }
        return price
    }

    func model(_ key: String, _ text: String) throws(ConfigurationError) -> ModelName {
        guard let model = ModelName(text) else {
            throw badValue(key, "a model's name has 1 to 256 printable characters")
        }
        return model
    }
}
