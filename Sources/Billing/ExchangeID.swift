/// One request through the gateway: `x_...`, made once by us and the key of its charge.
public struct ExchangeID: Identifier {
    public let text: String

    public init?(_ text: String) {
        guard IdentifierForm.isName(text, prefix: "x_", bytesMax: 64) else { return nil }
        self.text = text
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(IdentifierForm.end(of: text))
    }
}
