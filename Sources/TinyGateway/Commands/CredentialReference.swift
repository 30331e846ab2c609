/// Where a managed credential stands. Secrets are never in the configuration itself.
enum CredentialReference: Equatable, Sendable {
    /// An API key in an environment variable.
    case environment(String)
    /// An API key, alone in a file.
    case file(String)
    /// A Codex `auth.json`.
    case auth(String)

    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = String(text[text.index(after: colon)...])
        guard !rest.isEmpty, !rest.utf8.contains(where: { $0 < 0x20 }) else { return nil }
        switch text[..<colon] {
        case "env": self = .environment(rest)
        case "file": self = .file(rest)
        case "auth": self = .auth(rest)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .environment(let name): "env:" + name
        case .file(let path): "file:" + path
        case .auth(let path): "auth:" + path
        }
    }
}
