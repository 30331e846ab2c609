/// Which responses are summed together. Balance and names are indices into the ledger's lists, so
/// that finding a sum hashes 16 bytes and no text.
struct UsageKey: Hashable, Sendable {
    let day: Int32
    let balance: Int32
    let model: Int32
    let tier: Int32
}

/// What responses add up to.
public struct UsageSum: Hashable, Sendable {
    public internal(set) var responses: Int64 = 0
    public internal(set) var input: Int64 = 0
    public internal(set) var cached: Int64 = 0
    public internal(set) var output: Int64 = 0
    public internal(set) var reasoning: Int64 = 0
    public internal(set) var searches: Int64 = 0
    public internal(set) var images: Int64 = 0
    public internal(set) var cost = Money.zero

    mutating func add(_ entry: ChargeEntry) {
        responses += 1
        input += entry.usage.input
        cached += entry.usage.cached
        output += entry.usage.output
        reasoning += entry.usage.reasoning
        searches += entry.usage.searches
        images += entry.usage.imageCount
        cost += entry.amount
    }
}

/// Usage of the last 400 days by day, balance, model and tier. Its size follows from those, never
/// from the number of entries.
struct UsageRollup: Hashable, Sendable {
    static let daysKept: Int32 = 400
    /// Names beyond this many are summed as `otherName`: an upstream that made up a new model name
    /// for each response must not fill the memory.
    static let namesMax = 4096
    static let otherName = "other"

    struct Row: Hashable, Sendable {
        let key: UsageKey
        var sum: UsageSum
    }

    /// Models and tiers.
    var names: [String] = []
    var indices: [String: Int32] = [:]
    /// In the order in which they came up, so that the same entries always make the same
    /// checkpoint.
    private(set) var rows: [Row] = []
    /// Where the rows of the newest day are. Lines never go back in time, so the other rows are
    /// only read: a table of all of them would be a stall at the first charge after a start.
    private var places: [UsageKey: Int32] = [:]
    /// By the index of the model's name; never forgotten, as their number is bounded by the names'.
    var unknown: [Int32: UnknownSum] = [:]
    /// The newest day that has a sum.
    var newestDay: Int32 = 0

    mutating func add(_ entry: ChargeEntry, balance: Int, on day: CivilDay) {
        if day.number > newestDay {
            newestDay = day.number
            places.removeAll(keepingCapacity: true)
            let oldest = newestDay - UsageRollup.daysKept
            rows.removeAll { $0.key.day <= oldest }
        }
        precondition(day.number == newestDay, "the ledger's lines never go back in time")
        let key = UsageKey(
            day: day.number, balance: Int32(balance), model: index(of: entry.model.text),
            tier: index(of: entry.tier))
        rows[place(of: key)].sum.add(entry)
        if entry.isUnknownModel {
            unknown[key.model, default: UnknownSum()].responses += 1
            unknown[key.model, default: UnknownSum()].cost += entry.amount
        }
    }

    /// In the order in which the names came up.
    var unknownModels: [UnknownModel] {
        var models: [UnknownModel] = []
        for index in names.indices {
            guard let sum = unknown[Int32(index)] else { continue }
            models.append(
                UnknownModel(model: names[index], responses: sum.responses, cost: sum.cost))
        }
        return models
    }

    /// What a checkpoint holds, beside the newest day.
    mutating func setRows(_ rows: [Row]) {
        self.rows = rows
        places = [:]
        var index = rows.count - 1
        while index >= 0, rows[index].key.day == newestDay {
            places[rows[index].key] = Int32(index)
            index -= 1
        }
    }

    private mutating func place(of key: UsageKey) -> Int {
        if let place = places[key] { return Int(place) }
        places[key] = Int32(rows.count)
        rows.append(Row(key: key, sum: UsageSum()))
        return rows.count - 1
    }

    static func == (left: UsageRollup, right: UsageRollup) -> Bool {
        left.names == right.names && left.rows == right.rows && left.unknown == right.unknown
            && left.newestDay == right.newestDay
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(rows.count)
        hasher.combine(newestDay)
    }

    private mutating func index(of name: String) -> Int32 {
        if let index = indices[name] { return index }
        if names.count >= UsageRollup.namesMax && name != UsageRollup.otherName {
            return index(of: UsageRollup.otherName)
        }
        let index = Int32(names.count)
        names.append(name)
        indices[name] = index
        return index
    }
}
