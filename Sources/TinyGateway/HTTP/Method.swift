/// A request method (RFC 9110 9). Case matters: `get` is another method than `GET`.
enum Method: Hashable, Sendable {
    case get, head, post, put, delete, connect, options, trace, patch
    /// Any other token.
    case other(String)

    /// - Parameter token: Bytes that are a token already.
    init(token: Span<UInt8>) {
        for method in Method.known where Syntax.equals(token, method.text) {
            self = method
            return
        }
        var text = ""
        for index in token.indices {
            text.unicodeScalars.append(Unicode.Scalar(token[index]))
        }
        self = .other(text)
    }

    private static let known: [Method] = [
        .post, .get, .head, .options, .put, .delete, .patch, .connect, .trace,
    ]

    var text: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .other(let text): text
        }
    }
}
