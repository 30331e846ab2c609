/// A line that this program cannot have written.
public struct LedgerFormatError: Error, Hashable, Sendable {
    /// The byte of the line at which reading stopped.
    public let offset: Int
}
