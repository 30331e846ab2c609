import Billing

/// The smallest request that uses a login: a few tokens of the cheapest model, kept nowhere. It
/// says who sends it: the gateway imitates no client.
enum KeepaliveRequest {
    static let userAgent = "tinygateway"
    /// All that follows the model.
    private static let rest =
        ",\"instructions\":\"Reply with OK.\",\"input\":[{\"type\":\"message\","
        + "\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":"
        + "\"Reply with OK.\"}]}],\"stream\":true,\"store\":false}"

    static func head(_ origin: UpstreamOrigin, _ login: CustomerLogin, contentBytes: Int) -> [UInt8]
    {
        var head = HeadWriter(method: .post, target: origin.basePath + "/responses")
        head.field(.host, origin.authority)
        head.field(.authorization, login.authorization)
        head.field(.chatGPTAccountID, login.accountID)
        head.field(.userAgent, userAgent)
        head.field(.accept, "text/event-stream")
        head.field(.acceptEncoding, "identity")
        head.field(.contentType, "application/json")
        head.field(.contentLength, decimal: contentBytes)
        return head.finish()
    }

    static func content(_ model: ModelName) -> [UInt8] {
        var name = JSONWriter()
        name.string(model.text)
        return [UInt8]("{\"model\":".utf8) + name.bytes + [UInt8](rest.utf8)
    }

    /// The model that costs least for as much input as output; of equals the first by name.
    static func cheapestModel(_ table: PriceTable, at now: Timestamp) -> ModelName {
        var cheapest = table.unknownModel
        var least: Money?
        for row in table.rows where row.from <= now.day {
            let price = table.estimate(
                bodyBytes: 400_000, model: row.model, fast: false, maxOutputTokens: 100_000,
                allowance: 0, at: now)
            if let least, price >= least { continue }
            least = price
            cheapest = row.model
        }
        return cheapest
    }
}
