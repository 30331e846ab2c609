/// What a request asks an upstream for.
enum Route: Sendable {
    case responses
    /// `images/generations` and `images/edits`.
    case images
    case search
    /// Anything else of the user's own login, which nobody meters.
    case other

    /// - Parameter api: the path behind `/v1`.
    init(_ method: Method, _ api: String) {
        guard method == .post else {
            self = .other
            return
        }
        switch api {
        case "/responses": self = .responses
        case "/images/generations", "/images/edits": self = .images
        case "/alpha/search": self = .search
        default: self = .other
        }
    }

    /// Whether it costs money on the operator's account.
    var isBillable: Bool { self != .other }
}
