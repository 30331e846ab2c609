/// Who pays: `a_...`. Opaque; the e-mail that belongs to it stands in the directory only.
public struct AccountID: Identifier {
    public let text: String

    public init?(_ text: String) {
        guard IdentifierForm.isName(text, prefix: "a_", bytesMax: 64) else { return nil }
        self.text = text
    }
}
