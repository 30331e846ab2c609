/// `[keepalive]`: how often a customer's own login is kept warm, on consent.
struct KeepaliveConfiguration {
    var intervalMinutes = 60
    /// Requests a balance and day.
    var dailyLimit = 24

    static let keys = [
        ConfigurationKey("interval_minutes", "60", "minutes between two, per balance"),
        ConfigurationKey("daily_limit", "24", "at most so many a day, per balance; 0 turns it off"),
    ]

    /// Unless the daily limit is 0, which turns it off for all.
    var terms: KeepaliveTerms {
        KeepaliveTerms(intervalMinutes: intervalMinutes, dailyLimit: dailyLimit)
    }

    init() {}

    init(_ table: TOMLTable) throws(ConfigurationError) {
        let section = try ConfigurationSection(table, name: "keepalive", keys: Self.keys)
        intervalMinutes = try section.integer("interval_minutes", intervalMinutes, in: 5...1440)
        dailyLimit = try section.integer("daily_limit", dailyLimit, in: 0...288)
    }
}
