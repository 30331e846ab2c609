/// An error of our own in OpenAI's shape, `{"error":{"message","type","code","param"}}`, with the
/// status and fields that make Codex do the right thing (`codex-wire.md` section 4).
struct OpenAIError: Equatable, Sendable {
    let status: Int
    /// A sentence for the customer that says what to do next. No internals.
    let message: String
    let type: String
    let code: String?
    var fields: [HeadField] = []

    /// A field of the answer's head.
    struct HeadField: Equatable, Sendable {
        let name: StaticString
        let value: String

        static func == (left: HeadField, right: HeadField) -> Bool {
            left.name.description == right.name.description && left.value == right.value
        }
    }

    /// Extra members of the error object (`resets_at`), integers only.
    var resetsAt: Int64?

    var body: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.field("message", message)
        writer.field("type", type)
        if let code { writer.field("code", code) } else { writer.fieldNull("code") }
        writer.fieldNull("param")
        if let resetsAt { writer.field("resets_at", resetsAt) }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    static func invalidRequest(
        _ status: Int, _ message: String, code: String? = nil
    ) -> OpenAIError {
        OpenAIError(status: status, message: message, type: "invalid_request_error", code: code)
    }

    /// Codex shows the message of a 400 with this code exactly as it is, after one POST.
    static func shown(_ message: String) -> OpenAIError {
        OpenAIError(
            status: 400, message: message, type: "invalid_request_error", code: "invalid_prompt")
    }

    static func contentTooLarge(limit: Int) -> OpenAIError {
        invalidRequest(
            413, "The request is larger than \(limit) bytes. Please send less.",
            code: "request_too_large")
    }

    static let notFound = invalidRequest(
        404,
        "There is nothing at this address. Please check `base_url`: it ends with `/v1`.",
        code: "not_found")

    static let overloaded = OpenAIError(
        status: 503, message: "The gateway is at its limit. Please try again in a moment.",
        type: "server_error", code: "server_is_overloaded")
}
