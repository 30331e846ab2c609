/// Why the meter asks the relay to pause in the middle of what it was fed.
enum MeterStop: Equatable, Sendable {
    /// The byte at this offset closes the object that ends the response: from here on everything is
    /// withheld until the charge is durable. Feeding goes on from this very offset.
    case terminal(at: Int)
}
