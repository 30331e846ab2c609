/// How the end of a message's content is found (RFC 9112 6.3).
enum BodyFraming: Hashable, Sendable {
    case none
    /// Bytes; zero is a length too.
    case length(Int)
    case chunked
    /// Responses only: the content ends with the connection.
    case untilClose
}
