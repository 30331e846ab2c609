import Billing

/// The models that have a price, in the shape of OpenAI's `GET /v1/models`.
enum ModelList {
    static func body(_ table: PriceTable, at moment: Timestamp) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("object", "list")
        writer.key("data")
        writer.beginArray()
        var previous: ModelName?
        for row in table.rows where row.model != previous {
            previous = row.model
            writer.beginObject()
            writer.field("id", row.model.text)
            writer.field("object", "model")
            writer.field("created", row.from.start.millisecondsSince1970 / 1000)
            writer.field("owned_by", "tinygateway")
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
