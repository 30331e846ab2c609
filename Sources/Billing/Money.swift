/// A sum of US dollars, in integer picodollars (10^-12 USD). May be negative: a balance can be in
/// debt, a refunded top-up takes money away.
public struct Money: Hashable, Comparable, Sendable {
    public let picodollars: Int128

    public static let zero = Money(picodollars: 0)
    /// 0.0001 USD, in which every sum of the ledger is expressed.
    public static let unit = Money(picodollars: 100_000_000)
    static let scale = 12

    public init(picodollars: Int128) {
        self.picodollars = picodollars
    }

    /// Reads what people and configuration files write: `5`, `0.25`, `-1.5`, at most 6 places and
    /// 12 digits before the point. No exponent, no `+`, no leading zero, no bare point; else `nil`.
    public init?(_ text: String) {
        guard let value = DecimalText.parse(text.utf8.span, scale: Money.scale, form: .people(6))
        else { return nil }
        self.picodollars = value
    }

    /// Decimal text with at least 4 places: `0.0011`, `60.0000`, `-0.5000`.
    public var text: String {
        var bytes: [UInt8] = []
        DecimalText.append(picodollars, scale: Money.scale, placesMin: 4, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether this is a multiple of 0.0001 USD, as every sum of the ledger has to be.
    public var isWhole: Bool { picodollars % Money.unit.picodollars == 0 }

    /// The next multiple of 0.0001 USD that is not below this.
    public var roundedUpToTenThousandth: Money {
        let unit = Money.unit.picodollars
        let rest = picodollars % unit
        if rest == 0 { return self }
        return Money(picodollars: picodollars - rest + (rest > 0 ? unit : 0))
    }

    /// So many times 0.0001 USD.
    init(units: Int64) {
        self.picodollars = Int128(units) * Money.unit.picodollars
    }

    /// How many times 0.0001 USD; of a sum that is whole. Beyond 64 bits the largest number, which
    /// no checkpoint is read with: the ledger is replayed then.
    var units: Int64 { Int64(clamping: picodollars / Money.unit.picodollars) }

    public static func < (left: Money, right: Money) -> Bool {
        left.picodollars < right.picodollars
    }

    public static func + (left: Money, right: Money) -> Money {
        Money(picodollars: left.picodollars + right.picodollars)
    }

    public static func - (left: Money, right: Money) -> Money {
        Money(picodollars: left.picodollars - right.picodollars)
    }

    public static prefix func - (money: Money) -> Money {
        Money(picodollars: -money.picodollars)
    }

    public static func += (left: inout Money, right: Money) { left = left + right }

    public static func -= (left: inout Money, right: Money) { left = left - right }

    /// This times `numerator / denominator`, rounded down to 0.0001 USD. Nothing may be negative.
    func share(_ numerator: Int128, of denominator: Int128) -> Money {
        precondition(picodollars >= 0 && numerator >= 0, "a share of a negative sum")
        precondition(denominator > 0, "a share of nothing")
        let unit = Money.unit.picodollars
        return Money(picodollars: picodollars / unit * numerator / denominator * unit)
    }
}
