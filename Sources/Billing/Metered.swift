/// How the usage of a charge was come by.
public enum Metered: UInt8, Hashable, Sendable {
    /// Read while the client was there.
    case exact
    /// Read to the end after the client had left.
    case drained

    public var text: String {
        switch self {
        case .exact: return "exact"
        case .drained: return "drained"
        }
    }

    public init?(_ text: String) {
        switch text {
        case "exact": self = .exact
        case "drained": self = .drained
        default: return nil
        }
    }
}
