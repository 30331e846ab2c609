/// What makes a top-up, pass, grant or refund safe to send twice: a payment's id or an id that the
/// operator chose. 1...128 of [A-Za-z0-9_.:-].
public struct PaymentKey: Identifier {
    public let text: String

    public init?(_ text: String) {
        let bytes = text.utf8.span
        guard !bytes.isEmpty, bytes.count <= 128 else { return nil }
        for index in 0..<bytes.count {
            let byte = bytes[index]
            let isPunctuation = byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
            guard isPunctuation || IdentifierForm.isNameByte(byte) else { return nil }
        }
        self.text = text
    }
}
