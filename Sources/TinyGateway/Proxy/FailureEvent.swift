/// A failure told inside a running event stream, where no status can be sent any more: Codex
/// understands `response.failed` only (`codex-wire.md` section 4; it ignores `error` events).
enum FailureEvent {
    /// Codex repeats the request.
    static let serverError = "server_error"
    /// Codex shows the message and does not repeat.
    static let invalidPrompt = "invalid_prompt"

    /// - Parameter insideEvent: an event of the upstream is still open; a blank line ends it first.
    static func bytes(code: String, message: String, insideEvent: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("type", "response.failed")
        writer.key("response")
        writer.beginObject()
        writer.field("id", "resp_tinygateway")
        writer.field("object", "response")
        writer.field("status", "failed")
        writer.key("error")
        writer.beginObject()
        writer.field("code", code)
        writer.field("message", message)
        writer.endObject()
        writer.key("output")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        writer.endObject()
        var bytes = Array((insideEvent ? "\n\n" : "").utf8)
        bytes += "event: response.failed\ndata: ".utf8
        bytes += writer.bytes
        bytes += "\n\n".utf8
        return bytes
    }
}
