public struct Money: Equatable, Sendable {
    public let picodollars: Int64
    public init(picodollars: Int64) { self.picodollars = picodollars }
}
