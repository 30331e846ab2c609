/// What Fast multiplies a model's token prices by, with up to 3 places.
public struct Multiplier: Hashable, Sendable {
    public let thousandths: Int64

    public static let one = Multiplier(thousandths: 1000)
    static let scale = 3

    private init(thousandths: Int64) {
        self.thousandths = thousandths
    }

    /// Reads `2.5`; `nil` when zero, negative, above 1000, or with more than 3 places.
    public init?(_ text: String) {
        self.init(text.utf8.span, form: .people(Multiplier.scale))
    }

    init?(_ text: Span<UInt8>, form: DecimalText.Form) {
        guard let value = DecimalText.parse(text, scale: Multiplier.scale, form: form),
            value > 0, value <= 1_000_000
        else { return nil }
        self.thousandths = Int64(value)
    }

    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func append(to bytes: inout [UInt8]) {
        DecimalText.append(
            Int128(thousandths), scale: Multiplier.scale, placesMin: 0, to: &bytes)
    }
}
