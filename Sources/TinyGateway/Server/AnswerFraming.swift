/// How the end of an answer is told to the client (RFC 9112 6).
enum AnswerFraming: Equatable {
    /// No content at all: HEAD, 204, 304.
    case none
    case length
    case chunked
    /// An HTTP/1.0 client reads until the connection ends.
    case untilClose
}
