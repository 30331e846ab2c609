/// A model as the upstream names it: any printable text of 1...256 bytes, kept as it came.
public struct ModelName: Identifier {
    public let text: String

    public init?(_ text: String) {
        guard IdentifierForm.isPrintable(text, bytesMax: 256) else { return nil }
        self.text = text
    }

    /// The model that a dated snapshot belongs to: `gpt-5.4` of `gpt-5.4-2026-03-05`; itself when
    /// there is no such date at the end.
    public var base: ModelName {
        let bytes = text.utf8.span
        guard bytes.count > 11 else { return self }
        let start = bytes.count - 11
        for offset in 0..<11 {
            let byte = bytes[start + offset]
            let isDash = offset == 0 || offset == 5 || offset == 8
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard isDash ? byte == UInt8(ascii: "-") : isDigit else { return self }
        }
        return ModelName(String(decoding: Array(text.utf8.prefix(start)), as: UTF8.self)) ?? self
    }
}
