/// One row of the `usage` command and of the dashboard.
public struct UsageRow: Hashable, Sendable {
    public let day: CivilDay
    public let balance: BalanceID
    public let model: String
    public let tier: String
    public let sum: UsageSum
}
