/// Usage that cannot be true. It is never a credit and never charged: the exchange becomes a `void`
/// with an alarm. In the order in which it is looked for.
public enum OddUsage: Error, Hashable, Sendable {
    case negative
    /// A count above 2^40.
    case tooLarge
    /// Cached and cache-write tokens together exceed the input that contains them.
    case cachedAboveInput
    /// More kinds of images than `Usage.imageKindsMax`, or a name longer than
    /// `Usage.imageTextBytesMax`: its ledger line would have no bound.
    case imagesUnbounded
}
