/// Where an exchange stands: the rows of a request's path, in their order. Pure, so that the order
/// is a table that a test can walk.
enum ExchangeState: Int, Sendable {
    case authenticating
    case admitting
    case connecting
    case relaying
    case settling
    case closed

    /// Whether `next` may follow. Everything from `admitting` on ends through `settling`, because a
    /// hold is posted, voided or dropped exactly once.
    func allows(_ next: ExchangeState) -> Bool {
        switch (self, next) {
        case (.authenticating, .admitting), (.authenticating, .closed): true
        case (.admitting, .connecting), (.admitting, .settling): true
        case (.connecting, .relaying), (.connecting, .settling): true
        // Once more, on a connection that had not been closed by its upstream.
        case (.relaying, .connecting): true
        case (.relaying, .settling): true
        case (.settling, .closed): true
        default: false
        }
    }
}
