/// A request's content, kept for as long as it may have to be sent again. It counts as buffered.
struct KeptBody {
    private(set) var bytes: [UInt8] = []
    /// It was longer than may be kept: it cannot be sent again.
    private(set) var isLost = false
    private let budget: BufferBudget
    private let bytesMax: Int

    init(budget: BufferBudget, bytesMax: Int) {
        self.budget = budget
        self.bytesMax = bytesMax
    }

    /// Makes room for a body of this length, which would otherwise be copied whenever it outgrows
    /// its place. What a client only announces is not worth more than `keptBodyRoom`.
    mutating func expect(_ count: Int) {
        if bytes.isEmpty { bytes.reserveCapacity(min(count, bytesMax, Limits.keptBodyRoom)) }
    }

    /// Adds a piece. When that makes it too long it is still here, for whoever wants to send it
    /// once.
    mutating func append(_ piece: Span<UInt8>) {
        if bytes.count + piece.count > bytesMax || budget.isExhausted { isLost = true }
        budget.take(piece.count)
        bytes.append(copying: piece)
    }

    /// Puts another content in its place.
    mutating func replace(_ content: [UInt8]) {
        forget()
        budget.take(content.count)
        bytes = content
    }

    /// It is not wanted again.
    mutating func abandon() {
        forget()
        isLost = true
    }

    mutating func forget() {
        budget.give(bytes.count)
        bytes = []
    }
}
