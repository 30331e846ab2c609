import Billing

/// `[[billing.image]]`: what one generated image costs, in USD.
struct ImageConfiguration {
    let image: ImagePrice
    /// Where the row begins in the file.
    let line: Int

    func isSameKind(_ other: ImageConfiguration) -> Bool {
        image.model == other.image.model && image.quality == other.image.quality
            && image.size == other.image.size
    }

    static let keys = [
        ConfigurationKey("model", "\"gpt-image-2\"", ""),
        ConfigurationKey("quality", "\"medium\"", ""),
        ConfigurationKey("size", "\"1024x1024\"", ""),
        ConfigurationKey("price", "\"0.0053\"", ""),
    ]

    init(_ table: TOMLTable) throws(ConfigurationError) {
        let section = try ConfigurationSection(
            table, name: "billing.image", keys: Self.keys)
        line = section.line
        _ = try section.required("price")
        let price = try section.callPrice("price")
        guard let price,
            let image = ImagePrice(
                model: try section.required("model"), quality: try section.required("quality"),
                size: try section.required("size"), price: price)
        else {
            throw section.badValue("model", "model, quality and size are short printable words")
        }
        self.image = image
    }
}
