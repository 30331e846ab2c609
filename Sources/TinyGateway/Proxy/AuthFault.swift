/// Why an `auth.json` cannot be used; never a word of what stands in it.
enum AuthFault: Error, Equatable {
    case file(FileError)
    case json(JSONError)
    /// Neither tokens nor a key.
    case noLogin
    /// A token or an account id that no field can carry.
    case badText(member: String)
    /// An API key stands where a login stood; that is another upstream.
    case otherKind

    /// One sentence without its full stop.
    func text(_ path: String) -> String {
        switch self {
        case .file(let error): error.text
        case .json(.repeatedName): "\(path) is no JSON document: a name occurs twice"
        case .json(let error): "\(path) is no JSON document: \(error.reason)"
        case .noLogin:
            "\(path) has neither tokens nor an API key; log in with `codex login` or write "
                + "\"file:PATH\""
        case .badText(let member): "\(path): \(member) is missing or is not a token"
        case .otherKind: "\(path) no longer has the tokens it had; restart the gateway"
        }
    }
}
