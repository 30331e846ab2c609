import Billing

/// `prices show`.
enum PricesShowCommand {
    static let description = CommandDescription(
        "prices show",
        summary: "Show the price table in force: compiled in, with the configuration's rows.",
        details: "USD per million tokens; searches and images USD each.")

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        let table = configuration.billing.prices
        let digest = PriceDigest.of(table).text
        if invocation.isJSON {
            var line = JSONLine()
            line.text("digest", digest)
            line.json("table", table.canonicalText)
            return .done(line.line)
        }
        var rows = [["model", "from", "input", "cached", "cache write", "output", "fast", "long"]]
        for row in table.rows {
            let long = row.longContext.map { long in
                "above \(long.above): \(long.input.text) / "
                    + "\((long.cachedInput ?? long.input).text) / \(long.output.text)"
            }
            rows.append([
                row.model.text, row.from.text, row.input.text,
                (row.cachedInput ?? row.input).text, (row.cacheWrite ?? row.input).text,
                row.output.text, row.fast.text, long ?? "-",
            ])
        }
        var images = [["image", "quality", "size", "price"]]
        for image in table.images {
            images.append([image.model, image.quality, image.size, image.price.text])
        }
        return .done(
            TextTable.render(rows, rightAligned: Set(2...6)) + "\n"
                + TextTable.render(images, rightAligned: [3])
                + "\nweb search     \(table.webSearch.text)\n"
                + "unknown model  as \(table.unknownModel.text)\ndigest         \(digest)\n")
    }
}
