/// USD per million tokens, with up to 6 places: an integer number of picodollars per token.
public struct TokenPrice: Hashable, Comparable, Sendable {
    public let picodollarsPerToken: Int64

    static let scale = 6
    /// A million USD per million tokens; with 2^40 tokens and a multiplier of 1000 a cost stays
    /// below 10^31 units, far inside Int128.
    static let maximum: Int128 = 1_000_000_000_000

    /// Reads `0.075`; `nil` when negative, above a million, or not a decimal of up to 6 places.
    public init?(_ text: String) {
        self.init(text.utf8.span, form: .people(TokenPrice.scale))
    }

    init?(_ text: Span<UInt8>, form: DecimalText.Form) {
        guard let value = DecimalText.parse(text, scale: TokenPrice.scale, form: form),
            value >= 0, value <= TokenPrice.maximum
        else { return nil }
        self.picodollarsPerToken = Int64(value)
    }

    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func append(to bytes: inout [UInt8]) {
        DecimalText.append(
            Int128(picodollarsPerToken), scale: TokenPrice.scale, placesMin: 0, to: &bytes)
    }

    public static func < (left: TokenPrice, right: TokenPrice) -> Bool {
        left.picodollarsPerToken < right.picodollarsPerToken
    }

    /// `tokens` at this price times `multiplier`.
    func cost(_ tokens: Int64, _ multiplier: Multiplier) -> Cost {
        Cost(
            femtodollars: Int128(tokens) * Int128(picodollarsPerToken)
                * Int128(multiplier.thousandths))
    }
}
