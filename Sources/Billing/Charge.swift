/// What a response costs: the exact parts, their sum, and what is taken from the balance.
public struct Charge: Hashable, Sendable {
    /// The model whose prices were used.
    public var row: ModelName
    /// Tokens, with Fast inside.
    public var tokens: Cost
    public var searches: Cost
    public var images: Cost

    public init(row: ModelName, tokens: Cost, searches: Cost, images: Cost) {
        self.row = row
        self.tokens = tokens
        self.searches = searches
        self.images = images
    }

    public var exact: Cost { tokens + searches + images }

    /// The one rounding, up to 0.0001 USD.
    public var amount: Money { exact.roundedUp }
}
