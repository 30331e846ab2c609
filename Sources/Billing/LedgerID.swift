/// The ledger itself: `l_...`, written in its first line.
public struct LedgerID: Identifier {
    public let text: String

    public init?(_ text: String) {
        guard IdentifierForm.isName(text, prefix: "l_", bytesMax: 64) else { return nil }
        self.text = text
    }
}
