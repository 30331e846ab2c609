/// A prepaid balance or a Link pass: `b_...`.
public struct BalanceID: Identifier {
    public let text: String

    public init?(_ text: String) {
        guard IdentifierForm.isName(text, prefix: "b_", bytesMax: 64) else { return nil }
        self.text = text
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(IdentifierForm.end(of: text))
    }
}
