/// Which turn state (`x-codex-turn-state`) an upstream is sent. A state goes back only to the side
/// that issued it; those of the managed side carry a mark while Boost's client has them, so that
/// they are known as such by any process and at any time.
enum TurnState: Sendable {
    /// There is one side only.
    case any
    case own
    case managed

    static let mark = "tinygateway-managed."

    /// What of the client's state is sent; nil for none.
    func sent(_ state: String) -> String? {
        let isManaged = state.hasPrefix(Self.mark)
        switch self {
        case .any: return state
        case .own: return isManaged ? nil : state
        case .managed: return isManaged ? String(state.dropFirst(Self.mark.utf8.count)) : nil
        }
    }
}
