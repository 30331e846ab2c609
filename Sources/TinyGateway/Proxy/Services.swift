import Billing

/// What a service changes (`DESIGN` section 1): one row for each, and no other file switches over
/// it.
struct ServiceRules: Sendable {
    /// The upstream a request goes to: on the operator's account, or with the user's own login.
    enum Side: Sendable { case managed, own }

    /// What lets a request begin.
    enum Admission: Sendable {
        /// A hold of the balance's money.
        case hold
        /// A paid week.
        case pass
        /// A balance that is not over, be it empty: money is asked for when a request moves.
        case unexpired
    }

    let service: Service
    /// In sentences for customers.
    let name: StaticString
    /// Where a request goes first.
    let firstSide: Side
    let admission: Admission
    /// Whether the access token may come as `Authorization: Bearer`: only where that field is not
    /// the user's own login.
    let acceptsBearer: Bool
    /// Whether anything is known of what a request asks for, and of what it costs.
    let isMetered: Bool
    /// Whether a request goes on to the managed side when the own quota is used up.
    let mayMove: Bool

    static func of(_ service: Service) -> ServiceRules {
        switch service {
        case .pay: pay
        case .boost: boost
        case .link: link
        }
    }

    private static let pay = ServiceRules(
        service: .pay, name: "Codex Pay", firstSide: .managed, admission: .hold,
        acceptsBearer: true, isMetered: true, mayMove: false)
    private static let boost = ServiceRules(
        service: .boost, name: "Codex Boost", firstSide: .own, admission: .unexpired,
        acceptsBearer: false, isMetered: true, mayMove: true)
    private static let link = ServiceRules(
        service: .link, name: "Codex Link", firstSide: .own, admission: .pass,
        acceptsBearer: false, isMetered: false, mayMove: false)
}
