/// The name of a price table: the hex digits of a digest over its canonical text, which the caller
/// computes. 8...128 lowercase hex digits.
public struct TableDigest: Identifier {
    public let text: String

    public init?(_ text: String) {
        let bytes = text.utf8.span
        guard bytes.count >= 8, bytes.count <= 128 else { return nil }
        for index in 0..<bytes.count where LinkHash.value(ofHexDigit: bytes[index]) == nil {
            return nil
        }
        self.text = text
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(IdentifierForm.end(of: text))
    }
}
