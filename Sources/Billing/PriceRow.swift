/// What one model costs from a day on.
public struct PriceRow: Hashable, Sendable {
    public var model: ModelName
    /// The row counts for what is admitted from the first moment of this day on.
    public var from: CivilDay
    public var input: TokenPrice
    /// Without it cached tokens cost what input costs.
    public var cachedInput: TokenPrice?
    /// Without it cache-write tokens cost what input costs.
    public var cacheWrite: TokenPrice?
    public var output: TokenPrice
    public var fast: Multiplier
    public var longContext: LongContext?

    public init(
        model: ModelName, from: CivilDay, input: TokenPrice, cachedInput: TokenPrice? = nil,
        cacheWrite: TokenPrice? = nil, output: TokenPrice, fast: Multiplier = .one,
        longContext: LongContext? = nil
    ) {
        self.model = model
        self.from = from
        self.input = input
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.output = output
        self.fast = fast
        self.longContext = longContext
    }

    /// The exact cost of tokens that are not odd. Long-context prices replace the row's prices for
    /// the whole response, and Fast never multiplies them: upstream does not sell both together.
    func tokensCost(_ usage: Usage, fast isFast: Bool) -> Cost {
        precondition(usage.odd == nil, "odd usage is never priced")
        let plain = usage.input - usage.cached - usage.cacheWrite
        if let long = longContext, usage.input > long.above {
            return long.input.cost(plain, .one)
                + (long.cachedInput ?? long.input).cost(usage.cached, .one)
                + long.input.cost(usage.cacheWrite, .one) + long.output.cost(usage.output, .one)
        }
        let multiplier = isFast ? fast : .one
        return input.cost(plain, multiplier)
            + (cachedInput ?? input).cost(usage.cached, multiplier)
            + (cacheWrite ?? input).cost(usage.cacheWrite, multiplier)
            + output.cost(usage.output, multiplier)
    }
}
