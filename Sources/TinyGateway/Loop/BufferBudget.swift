/// Counts the bytes that wait in memory: unsent tails, replay bodies, heads. Memory is bounded in
/// sum, not only for each connection, because ten thousand small waits add up to one large one.
final class BufferBudget {
    private(set) var held = 0
    var limit = Limits().bufferBytesTotal

    /// Whether nothing more should be kept for new work.
    var isExhausted: Bool {
        held >= limit
    }

    func take(_ bytes: Int) {
        held += bytes
    }

    func give(_ bytes: Int) {
        precondition(bytes <= held, "more buffer bytes given back than were taken")
        held -= bytes
    }
}
