/// What the next bytes of a chunked message are.
enum ChunkedStep: Hashable, Sendable {
    /// Content, at this place of the piece.
    case content(Range<Int>)
    /// The piece is used up.
    case needMore
    /// The message is over; the first byte behind it.
    case end(Int)
}
