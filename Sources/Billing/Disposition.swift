/// What `Ledger.check` found.
public enum Disposition: Hashable, Sendable {
    /// The entry may be applied.
    case apply
    /// The same entry stands in the ledger already, by its key: success, without effect.
    case repeated
}
