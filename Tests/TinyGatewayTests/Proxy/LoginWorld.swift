import Billing
import Foundation

@testable import TinyGateway

/// The world of a login: a folder with an `auth.json`, a clock that the test sets, a token endpoint
/// whose answers the test gives, a writer that may fail.
final class LoginWorld {
    let directory: String
    var now = Timestamp(millisecondsSince1970: 1_795_000_000_000)
    /// What was sent to the token endpoint and not answered yet.
    var asked: [Question] = []
    /// Every refresh token that was ever sent, in order.
    var sent: [String] = []
    var alarms: [String] = []
    var writeError: FileError?
    var writes = 0
    /// Writes that wait until the test performs them.
    var held: [() -> Void] = []
    var isHolding = false

    struct Question {
        let content: JSONValue
        let answer: (Result<LoginServices.Answer, RefreshFault>) -> Void
    }

    init() {
        directory = "/tmp/tinygateway-test-" + Random.identifier()
        try? FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var path: String { directory + "/auth.json" }

    func pass(seconds: Int64) { now = now + seconds * 1000 }

    /// A JWT without a signature that anybody could check.
    func token(_ name: String = "t", seconds: Int64?, account: String? = nil) -> String {
        var claims = JSONWriter()
        claims.beginObject()
        claims.field("sub", name)
        claims.field("iat", now.millisecondsSince1970 / 1000)
        if let seconds { claims.field("exp", now.millisecondsSince1970 / 1000 + seconds) }
        if let account {
            claims.key("https://api.openai.com/auth")
            claims.beginObject()
            claims.field("chatgpt_account_id", account)
            claims.endObject()
        }
        claims.endObject()
        let parts = [[UInt8]("{\"alg\":\"none\"}".utf8), claims.bytes, [UInt8]("signed".utf8)]
        return parts.map { Base64URL.encode($0.span) }.joined(separator: ".")
    }

    func put(
        access: String, refresh: String, account: String? = "acc-1", lastRefresh: String? = nil,
        more: String = ""
    ) {
        var text = "{\"OPENAI_API_KEY\":null,\"tokens\":{\"id_token\":\"id\",\"access_token\":"
        text += "\"\(access)\",\"refresh_token\":\"\(refresh)\""
        if let account { text += ",\"account_id\":\"\(account)\"" }
        text += "},\"last_refresh\":\"\(lastRefresh ?? now.text)\"\(more)}"
        put(text)
    }

    func put(_ text: String) {
        // Without this a test would be faster than the file system's clock.
        try? FileManager.default.removeItem(atPath: path)
        try? Data(text.utf8).write(to: Foundation.URL(fileURLWithPath: path + ".put"))
        try? FileManager.default.moveItem(atPath: path + ".put", toPath: path)
    }

    func login(_ name: String = "auth:x") throws -> ManagedLogin {
        let file = AuthFile(path)
        let document = try file.read()
        guard let tokens = document.tokens else { throw AuthFault.noLogin }
        return ManagedLogin(
            name: name, file: file, document: document, tokens: tokens, services: services)
    }

    var services: LoginServices {
        LoginServices(
            clock: { self.now },
            post: { content, done in
                let document = try? JSONReader.read(content, bytesMax: 65_536)
                self.sent.append(document?["refresh_token"]?.string ?? "none")
                self.asked.append(Question(content: document ?? .null, answer: done))
            },
            replace: { path, bytes, done in
                self.writes += 1
                let perform = { done(self.write(path, bytes)) }
                if self.isHolding { self.held.append(perform) } else { perform() }
            },
            alarm: { kind, detail in self.alarms.append("\(kind): \(detail)") })
    }

    private func write(_ path: String, _ bytes: [UInt8]) -> FileError? {
        if let writeError { return writeError }
        do throws(FileError) {
            try SharedFile.replace(path, bytes)
            return nil
        } catch {
            return error
        }
    }

    /// Answers the oldest question.
    func answer(status: Int = 200, _ text: String) {
        guard !asked.isEmpty else { return }
        asked.removeFirst().answer(
            .success(.init(status: status, content: [UInt8](text.utf8))))
    }

    func answer(access: String, refresh: String) {
        answer("{\"access_token\":\"\(access)\",\"refresh_token\":\"\(refresh)\"}")
    }

    func fail(_ fault: RefreshFault) {
        guard !asked.isEmpty else { return }
        asked.removeFirst().answer(.failure(fault))
    }

    /// What the file holds now.
    var document: AuthDocument? {
        try? AuthDocument(Files.read(path, bytesMax: 65_536))
    }

    var refreshInFile: String? {
        document?.tokens?.refresh
    }
}
