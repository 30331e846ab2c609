import Billing

/// What a service changes (`DESIGN` section 1): one row for each, and no other file switches over
/// it.
struct ServiceRules: Sendable {
    /// The upstream a request goes to, managed or own.
    enum Side: Sendable { case managed, own }

    let service: Service
    /// Where a request goes first; nil while the service is sold but not served.
    let firstSide: Side?
    /// Whether the access token may come as `Authorization: Bearer`: only where that field is not
    /// the user's own login.
    let acceptsBearer: Bool

    static func of(_ service: Service) -> ServiceRules {
        switch service {
        case .pay: pay
        case .boost: boost
        case .link: link
        }
    }

    private static let pay = ServiceRules(service: .pay, firstSide: .managed, acceptsBearer: true)
    private static let boost = ServiceRules(service: .boost, firstSide: nil, acceptsBearer: false)
    private static let link = ServiceRules(service: .link, firstSide: nil, acceptsBearer: false)
}
