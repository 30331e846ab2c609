/// The row that a model is charged by.
public struct PriceMatch: Hashable, Sendable {
    public let row: PriceRow
    /// The model is not in the table and is charged by the row for unknown models: an alarm.
    public let isUnknownModel: Bool
}
