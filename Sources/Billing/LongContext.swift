/// The prices of a response whose input is above a threshold. Off unless the operator sets it.
public struct LongContext: Hashable, Sendable {
    /// Input tokens; the prices count from the next one on.
    public var above: Int64
    public var input: TokenPrice
    /// Without it cached tokens cost what `input` says. Cache-write tokens always do.
    public var cachedInput: TokenPrice?
    public var output: TokenPrice

    public init(
        above: Int64, input: TokenPrice, cachedInput: TokenPrice? = nil, output: TokenPrice
    ) {
        precondition(above >= 0 && above <= Usage.countMax, "a threshold in tokens")
        self.above = above
        self.input = input
        self.cachedInput = cachedInput
        self.output = output
    }
}
