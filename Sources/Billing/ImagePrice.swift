/// What one finished image of a kind costs.
public struct ImagePrice: Hashable, Sendable {
    public var model: String
    public var quality: String
    public var size: String
    public var price: CallPrice

    /// `nil` when a text is empty (that would mean "unknown"), too long, or not printable.
    public init?(model: String, quality: String, size: String, price: CallPrice) {
        let bytesMax = Usage.imageTextBytesMax
        guard IdentifierForm.isPrintable(model, bytesMax: bytesMax),
            IdentifierForm.isPrintable(quality, bytesMax: bytesMax),
            IdentifierForm.isPrintable(size, bytesMax: bytesMax)
        else { return nil }
        self.model = model
        self.quality = quality
        self.size = size
        self.price = price
    }

    func isSameKind(_ other: ImagePrice) -> Bool {
        isOf(model: other.model, quality: other.quality, size: other.size)
    }

    func isOf(model: String, quality: String, size: String) -> Bool {
        self.model == model && self.quality == quality && self.size == size
    }
}
