/// What is said to the token endpoint and what its answer means (RFC 6749 6, as JSON, which is how
/// Codex asks).
enum TokenRefresh {
    /// Codex's own, public: refresh tokens are good for the client that they were given to.
    private static let client = "app_EMoamEEZ73f0CkXaXp7hrann"

    static func content(_ refreshToken: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(
            .object([
                JSONValue.Member(name: "client_id", value: .string(client)),
                JSONValue.Member(name: "grant_type", value: .string("refresh_token")),
                JSONValue.Member(name: "refresh_token", value: .string(refreshToken)),
            ]))
        return writer.bytes
    }

    static func head(_ origin: UpstreamOrigin, contentBytes: Int) -> [UInt8] {
        var head = HeadWriter(
            method: .post, target: origin.basePath.isEmpty ? "/" : origin.basePath)
        head.field(.host, origin.authority)
        head.field(.userAgent, "tinygateway")
        head.field(.contentType, "application/json")
        head.field(.accept, "application/json")
        head.field(.acceptEncoding, "identity")
        head.field(.connection, "close")
        head.field(.contentLength, decimal: contentBytes)
        return head.finish()
    }

    /// What an answer makes of `tokens`: what it does not name stays. The access token may be one
    /// of these.
    static func tokens(
        status: Int, content: [UInt8], after tokens: CodexTokens
    ) throws(RefreshFault) -> CodexTokens {
        let document = try? JSONReader.read(content, bytesMax: Limits.tokenAnswerBytes)
        guard (200..<300).contains(status) else { throw fault(status, document) }
        var new = tokens
        if let text = document?.text("access_token"), CodexTokens.isFieldText(text) {
            new.access = text
        }
        if let text = document?.text("refresh_token"), !text.isEmpty { new.refresh = text }
        guard new != tokens else { throw .unreadable }
        if let text = document?.text("id_token") { new.id = text }
        return new
    }

    private static func fault(_ status: Int, _ document: JSONValue?) -> RefreshFault {
        let error = document?["error"]
        let said = error?.text("code") ?? error?.string ?? document?.text("code") ?? ""
        let code = RefreshFault.codes.contains(said) ? said : nil
        // 401 says it without a code too; 400 only with one (RFC 6749 5.2).
        if status == 401 || (status == 400 && code != nil) {
            return .refused(status: status, code: code)
        }
        return .status(status)
    }
}
