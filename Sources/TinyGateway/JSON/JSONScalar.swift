/// A value of a scanned document that is neither a container nor a string within bounds.
enum JSONScalar: Equatable, Sendable {
    /// A number without fraction or exponent, at most 2^53 in magnitude.
    case integer(Int64)
    /// Any other number: no reader may be sure which value its writer meant.
    case oddNumber
    case bool(Bool)
    case null
    /// A string of more than `Limits.scalarBytes`.
    case longString
}
