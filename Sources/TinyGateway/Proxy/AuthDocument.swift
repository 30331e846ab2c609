import Billing

/// A Codex `auth.json`: what of it counts here, and all the rest, which belongs to Codex.
final class AuthDocument {
    enum Login: Equatable {
        /// Codex was given a key instead of a login.
        case key(String)
        case tokens(CodexTokens)
    }

    let login: Login
    /// When the tokens were new.
    let lastRefresh: Timestamp?
    private let members: [JSONValue.Member]

    init(_ bytes: [UInt8]) throws(AuthFault) {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONReader.read(bytes, bytesMax: Limits.credentialBytes)
        } catch {
            throw .json(error)
        }
        guard let members = document.members else { throw .noLogin }
        self.members = members
        login = try Self.login(document)
        lastRefresh = Self.moment(document.text("last_refresh"))
    }

    /// nil where a key stands instead.
    var tokens: CodexTokens? {
        if case .tokens(let tokens) = login { return tokens }
        return nil
    }

    private static func login(_ document: JSONValue) throws(AuthFault) -> Login {
        let key = document.text("OPENAI_API_KEY") ?? ""
        let tokens = document["tokens"]
        // A file may have both; then it says which one counts.
        let isKey = tokens?.members == nil || document.text("auth_mode") == "apikey"
        if !key.isEmpty, isKey {
            guard CodexTokens.isFieldText(key) else { throw .badText(member: "OPENAI_API_KEY") }
            return .key(key)
        }
        guard let tokens, tokens.members != nil else { throw .noLogin }
        guard let access = tokens.text("access_token"), CodexTokens.isFieldText(access) else {
            throw .badText(member: "tokens.access_token")
        }
        guard let refresh = tokens.text("refresh_token"), !refresh.isEmpty else {
            throw .badText(member: "tokens.refresh_token")
        }
        let account = tokens.text("account_id")
        if let account, !CodexTokens.isFieldText(account) {
            throw .badText(member: "tokens.account_id")
        }
        return .tokens(
            CodexTokens(
                access: access, refresh: refresh, id: tokens.text("id_token"),
                accountID: account))
    }

    /// Codex writes up to nine places behind the second; whole seconds are enough here.
    private static func moment(_ text: String?) -> Timestamp? {
        guard let text else { return nil }
        let bytes = [UInt8](text.utf8)
        guard bytes.count > 19 else { return nil }
        return Timestamp(String(decoding: bytes[..<19], as: UTF8.self) + ".000Z")
    }

    /// The document with other tokens. Every other member stays what it was, where it was.
    func bytes(with tokens: CodexTokens, lastRefresh: Timestamp) -> [UInt8] {
        var inner = members.first { $0.name == "tokens" }?.value.members ?? []
        Self.set("access_token", tokens.access, &inner)
        Self.set("refresh_token", tokens.refresh, &inner)
        if let id = tokens.id { Self.set("id_token", id, &inner) }
        var outer = members
        Self.set("tokens", .object(inner), &outer)
        Self.set("last_refresh", .string(lastRefresh.text), &outer)
        var writer = JSONWriter()
        writer.value(.object(outer))
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func set(
        _ name: String, _ text: String, _ members: inout [JSONValue.Member]
    ) {
        set(name, .string(text), &members)
    }

    private static func set(
        _ name: String, _ value: JSONValue, _ members: inout [JSONValue.Member]
    ) {
        let member = JSONValue.Member(name: name, value: value)
        if let place = members.firstIndex(where: { $0.name == name }) {
            members[place] = member
        } else {
            members.append(member)
        }
    }
}
