extension PriceTable {
    /// The table compiled in: a tenth of the official prices of 2026-11-21.
    public static let `default` = makeDefault()

    private static func makeDefault() -> PriceTable {
        let rows = [
            // No price of its own is published: a tenth of gpt-5.3-codex.
            row("gpt-5.3-codex-spark", "0.175", cached: "0.0175", "1.4"),
            row("gpt-5.4", "0.25", cached: "0.025", "1.5", fast: "2"),
            row("gpt-5.4-mini", "0.075", cached: "0.0075", "0.45"),
            row("gpt-5.5", "0.5", cached: "0.05", "3", fast: "2.5"),
            row("gpt-5.5-pro", "3", cached: "3", "18"),
        ]
        var images: [ImagePrice] = []
        for group in imageGroups {
            for (size, price) in group.prices {
                images.append(image(group.model, group.quality, size, price))
            }
        }
        guard let webSearch = CallPrice("0.001"), let unknown = ModelName("gpt-5.5-pro"),
            let table = PriceTable(
                rows: rows, images: images, webSearch: webSearch, unknownModel: unknown)
        else { preconditionFailure("the default price table is not complete") }
        return table
    }

    private struct ImageGroup {
        let model: String
        let quality: String
        let prices: [(String, String)]
    }

    /// For gpt-image-2 the official list has token prices only; these are a tenth of a reseller's
    /// list, whose medium 1024x1024 is the product's own 0.0053.
    private static var imageGroups: [ImageGroup] {
        [
            square("gpt-image-1", "low", "0.0011", "0.0016"),
            square("gpt-image-1", "medium", "0.0042", "0.0063"),
            square("gpt-image-1", "high", "0.0167", "0.025"),
            square("gpt-image-1-mini", "low", "0.0005", "0.0006"),
            square("gpt-image-1-mini", "medium", "0.0011", "0.0015"),
            square("gpt-image-1.5", "low", "0.0009", "0.0013"),
            square("gpt-image-1.5", "medium", "0.0034", "0.005"),
            square("gpt-image-1.5", "high", "0.0133", "0.02"),
            ImageGroup(
                model: "gpt-image-2", quality: "low",
                prices: [
                    ("1024x1024", "0.0006"), ("1024x1536", "0.0005"), ("1024x768", "0.0005"),
                    ("1920x1080", "0.0005"), ("2560x1440", "0.0007"), ("3840x2160", "0.0012"),
                ]),
            ImageGroup(
                model: "gpt-image-2", quality: "medium",
                prices: [
                    ("1024x1024", "0.0053"), ("1024x1536", "0.0042"), ("1024x768", "0.0037"),
                    ("1920x1080", "0.004"), ("2560x1440", "0.0056"), ("3840x2160", "0.0101"),
                ]),
            ImageGroup(
                model: "gpt-image-2", quality: "high",
                prices: [
                    ("1024x1024", "0.0211"), ("1024x1536", "0.0165"), ("1024x768", "0.0145"),
                    ("1920x1080", "0.0158"), ("2560x1440", "0.0222"), ("3840x2160", "0.0401"),
                ]),
        ]
    }

    /// The older models have one price for the square and one for both long sizes.
    private static func square(
        _ model: String, _ quality: String, _ square: String, _ long: String
    ) -> ImageGroup {
        ImageGroup(
            model: model, quality: quality,
            prices: [("1024x1024", square), ("1024x1536", long), ("1536x1024", long)])
    }

    private static func row(
        _ model: String, _ input: String, cached: String, _ output: String, fast: String = "1"
    ) -> PriceRow {
        guard let model = ModelName(model), let from = CivilDay("2026-01-01"),
            let input = TokenPrice(input), let cached = TokenPrice(cached),
            let output = TokenPrice(output), let fast = Multiplier(fast)
        else { preconditionFailure("a default price that is none") }
        return PriceRow(
            model: model, from: from, input: input, cachedInput: cached, output: output,
            fast: fast)
    }

    private static func image(
        _ model: String, _ quality: String, _ size: String, _ price: String
    ) -> ImagePrice {
        guard let price = CallPrice(price),
            let image = ImagePrice(model: model, quality: quality, size: size, price: price)
        else { preconditionFailure("a default image price that is none") }
        return image
    }
}
