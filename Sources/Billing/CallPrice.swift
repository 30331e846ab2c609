/// USD per web search or per image, with up to 6 places: an integer number of microdollars.
public struct CallPrice: Hashable, Sendable {
    public let microdollars: Int64

    static let scale = 6

    /// Reads `0.0053`; `nil` when negative, above a million, or not a decimal of up to 6 places.
    public init?(_ text: String) {
        self.init(text.utf8.span, form: .people(CallPrice.scale))
    }

    init?(_ text: Span<UInt8>, form: DecimalText.Form) {
        guard let value = DecimalText.parse(text, scale: CallPrice.scale, form: form),
            value >= 0, value <= 1_000_000_000_000
        else { return nil }
        self.microdollars = Int64(value)
    }

    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func append(to bytes: inout [UInt8]) {
        DecimalText.append(
            Int128(microdollars), scale: CallPrice.scale, placesMin: 0, to: &bytes)
    }

    func cost(_ calls: Int64) -> Cost {
        Cost(femtodollars: Int128(calls) * Int128(microdollars) * 1_000_000_000)
    }
}
