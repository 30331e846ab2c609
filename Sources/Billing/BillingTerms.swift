/// What credit is sold for and how long it lasts: the operator's numbers with the defaults of the
/// house. Prices are in `PriceTable`.
public struct BillingTerms: Hashable, Sendable {
    /// The sums that can be bought.
    public var topups: [Money] = [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map(dollars)
    /// Bonus credit in percent of what is paid: 200 makes 60 of 20.
    public var bonusPercent: Int64 = 200
    /// The smallest payment that gets the bonus.
    public var bonusFrom = dollars(10)
    /// Days of exactly 86,400 s that credit lasts after the last top-up.
    public var validDays: Int64 = 30
    /// The price of a week of Link.
    public var linkWeek = Money(picodollars: 250_000_000_000)
    /// What a request holds before its size is known.
    public var minimumHold = Money(picodollars: 10_000_000_000)
    /// How far the holds of a balance may exceed what is available.
    public var overdraft = Money(picodollars: 500_000_000_000)
    /// Output tokens that are held for a request that does not limit them.
    public var outputAllowance: Int64 = 16_000

    public init() {}

    /// Bonus credit for a payment, rounded down to 0.0001 USD.
    public func bonus(for paid: Money) -> Money {
        paid < bonusFrom ? .zero : paid.share(Int128(bonusPercent), of: 100)
    }

    /// A top-up at a moment, with its bonus and the expiry that the pool gets.
    public func topup(
        _ balance: BalanceID, payment: PaymentKey, paid: Money, at moment: Timestamp
    ) -> TopupEntry {
        TopupEntry(
            balance: balance, payment: payment, paid: paid, bonus: bonus(for: paid),
            expires: moment.adding(days: validDays))
    }

    /// Weeks of Link. A renewal before the end extends the pass from there, one after it starts
    /// anew; `current` is the pass's present end.
    public func pass(
        _ balance: BalanceID, payment: PaymentKey, weeks: Int64, current: Timestamp?,
        at moment: Timestamp
    ) -> PassEntry {
        precondition(weeks > 0 && weeks <= PassEntry.weeksMax, "a pass of 1...520 weeks")
        let start = max(current ?? moment, moment)
        return PassEntry(
            balance: balance, payment: payment, weeks: weeks,
            paid: Money(picodollars: linkWeek.picodollars * Int128(weeks)),
            expires: start.adding(days: 7 * weeks))
    }

    private static func dollars(_ count: Int) -> Money {
        Money(picodollars: Int128(count) * 1_000_000_000_000)
    }
}
