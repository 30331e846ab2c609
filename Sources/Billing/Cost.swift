/// The exact cost of a response in units of 10^-15 USD: a price of 6 places per million tokens
/// times a multiplier of 3 places is always a whole number of them, so nothing is rounded on the
/// way.
public struct Cost: Hashable, Comparable, Sendable {
    /// Never negative.
    public let femtodollars: Int128

    public static let zero = Cost(femtodollars: 0)
    static let scale = 15

    public init(femtodollars: Int128) {
        precondition(femtodollars >= 0, "a cost is never negative")
        self.femtodollars = femtodollars
    }

    init(_ money: Money) {
        self.init(femtodollars: money.picodollars * 1000)
    }

    /// Decimal text with as many places as it needs: `0.00105`, `3`, `0`.
    public var text: String {
        var bytes: [UInt8] = []
        DecimalText.append(femtodollars, scale: Cost.scale, placesMin: 0, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is charged: the one rounding of the house, up to 0.0001 USD.
    public var roundedUp: Money {
        let unit = Money.unit.picodollars
        let (units, rest) = femtodollars.quotientAndRemainder(dividingBy: unit * 1000)
        return Money(picodollars: (rest == 0 ? units : units + 1) * unit)
    }

    public static func < (left: Cost, right: Cost) -> Bool {
        left.femtodollars < right.femtodollars
    }

    public static func + (left: Cost, right: Cost) -> Cost {
        Cost(femtodollars: left.femtodollars + right.femtodollars)
    }
}
