/// A model that had no row in the price table when it was charged, and what that came to.
public struct UnknownModel: Hashable, Sendable {
    /// As the upstream named it.
    public let model: String
    public let responses: Int64
    public let cost: Money

    /// Whether a table still has no row for it: the alarm ends when the operator adds one.
    public func isUnknown(to table: PriceTable, at moment: Timestamp) -> Bool {
        guard let name = ModelName(model) else { return true }
        return table.row(for: name, at: moment).isUnknownModel
    }
}

/// What was charged to one unknown model.
struct UnknownSum: Hashable, Sendable {
    var responses: Int64 = 0
    var cost = Money.zero
}
