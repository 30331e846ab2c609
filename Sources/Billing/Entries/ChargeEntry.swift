/// A response was charged: everything that the price was computed from, and the price.
public struct ChargeEntry: Hashable, Sendable {
    public var balance: BalanceID
    /// Made once by the gateway; the key of the charge.
    public var id: ExchangeID
    /// When the request was admitted. Its price table, and the lots it may spend, are of then.
    public var began: Timestamp
    /// The upstream's id of the response. A fact, never a key: an upstream may repeat or omit it.
    public var response: String
    /// As the upstream named it, also when the table does not know it.
    public var model: ModelName
    public var table: TableDigest
    /// Whether the Fast multiplier counted.
    public var fast: Bool
    /// The service tier as stated, `default` or `priority` or whatever else; may be empty.
    public var tier: String
    public var usage: Usage
    /// Row, costs and amount.
    public var price: Charge
    public var metered: Metered
    /// Boost: why money was used.
    public var reason: Reason?

    public init(
        balance: BalanceID, id: ExchangeID, began: Timestamp, response: String, model: ModelName,
        table: TableDigest, fast: Bool, tier: String, usage: Usage, price: Charge,
        metered: Metered, reason: Reason? = nil
    ) {
        self.balance = balance
        self.id = id
        self.began = began
        self.response = Fact.bounded(response)
        self.model = model
        self.table = table
        self.fast = fast
        self.tier = Fact.bounded(tier)
        self.usage = usage
        self.price = price
        self.metered = metered
        self.reason = reason
    }

    public var amount: Money { price.amount }

    /// Charged by another model's row than its own or its base model's: an alarm. What has no
    /// tokens, as an image by itself, is not charged by a row.
    public var isUnknownModel: Bool {
        price.row != model && price.row != model.base && (usage.input > 0 || usage.output > 0)
    }
}

extension ChargeEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.exchange("id", id)
        line.timestamp("began", began)
        line.text("response", response)
        line.text("model", model.text)
        line.text("row", price.row.text)
        line.text("table", table.text)
        line.boolean("fast", fast)
        line.text("tier", tier)
        line.integer("input", usage.input)
        line.integer("cached", usage.cached)
        line.integer("cache_write", usage.cacheWrite)
        line.integer("output", usage.output)
        line.integer("reasoning", usage.reasoning)
        line.cost("tokens_cost", price.tokens)
        line.integer("searches", usage.searches)
        line.cost("searches_cost", price.searches)
        line.images("images", usage.images)
        line.cost("images_cost", price.images)
        line.cost("exact", price.exact)
        line.money("amount", price.amount)
        line.text("metered", metered.text)
        if let reason { line.text("reason", reason.text) }
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.id = try reader.exchange("id", line)
        self.began = try reader.timestamp("began", line)
        self.response = try reader.text("response", line)
        self.model = try reader.model("model", line)
        let row = try reader.model("row", line)
        self.table = try reader.table("table", line)
        self.fast = try reader.boolean("fast", line)
        self.tier = try reader.commonText("tier", line)
        var usage = Usage()
        usage.input = try reader.integer("input", line)
        usage.cached = try reader.integer("cached", line)
        usage.cacheWrite = try reader.integer("cache_write", line)
        usage.output = try reader.integer("output", line)
        usage.reasoning = try reader.integer("reasoning", line)
        let tokens = try reader.cost("tokens_cost", line)
        usage.searches = try reader.integer("searches", line)
        let searches = try reader.cost("searches_cost", line)
        usage.images = try reader.images("images", line)
        let images = try reader.cost("images_cost", line)
        self.usage = usage
        self.price = Charge(row: row, tokens: tokens, searches: searches, images: images)
        // The sum and its rounding stand in the line for readers; a line where they do not follow
        // from the parts is one that we cannot have written.
        let exact = try reader.cost("exact", line)
        if exact != price.exact { throw reader.malformed }
        let amount = try reader.money("amount", line)
        if amount != price.amount { throw reader.malformed }
        self.metered = try reader.metered("metered", line)
        self.reason = try reader.reasonIfPresent("reason", line)
    }
}
