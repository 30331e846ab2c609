/// The three services. Pay and Boost spend a prepaid balance; Link is a pass of paid weeks.
public enum Service: UInt8, Hashable, Sendable, CaseIterable {
    case pay
    case boost
    case link

    public var text: String {
        switch self {
        case .pay: return "pay"
        case .boost: return "boost"
        case .link: return "link"
        }
    }

    public init?(_ text: String) {
        switch text {
        case "pay": self = .pay
        case "boost": self = .boost
        case "link": self = .link
        default: return nil
        }
    }

    /// Whether requests go to an upstream with the customer's own login.
    public var hasOwnLogin: Bool {
        switch self {
        case .pay: return false
        case .boost, .link: return true
        }
    }

    /// Whether responses are paid from a balance of money.
    public var hasMoney: Bool {
        switch self {
        case .pay, .boost: return true
        case .link: return false
        }
    }
}
