import Billing

/// A price table row by row as one text each, so that two tables can be compared.
enum PriceTableText {
    /// What a line of a table is of, and what it says.
    struct Row: Equatable {
        let name: String
        let text: String
    }

    static func rows(_ table: PriceTable) -> [Row] {
        var rows = table.rows.map {
            Row(name: "\($0.model.text) from \($0.from.text)", text: text($0))
        }
        for image in table.images {
            rows.append(
                Row(
                    name: "image \(image.model) \(image.quality) \(image.size)",
                    text: image.price.text))
        }
        rows.append(Row(name: "web search", text: table.webSearch.text))
        rows.append(Row(name: "unknown model", text: "as " + table.unknownModel.text))
        return rows
    }

    private static func text(_ row: PriceRow) -> String {
        var text = "input \(row.input.text)"
        if let price = row.cachedInput { text += " cached \(price.text)" }
        if let price = row.cacheWrite { text += " cache write \(price.text)" }
        text += " output \(row.output.text)"
        if row.fast != .one { text += " fast \(row.fast.text)" }
        if let long = row.longContext {
            text += " above \(long.above): input \(long.input.text)"
            if let price = long.cachedInput { text += " cached \(price.text)" }
            text += " output \(long.output.text)"
        }
        return text
    }
}
