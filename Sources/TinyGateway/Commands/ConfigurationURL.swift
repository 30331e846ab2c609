extension ConfigurationSection {
    /// An absolute `http` or `https` URL without query; a slash at its end is dropped.
    func url(_ key: String, _ fallback: URL) throws(ConfigurationError) -> URL {
        guard let text = try text(key) else { return fallback }
        guard let url = URL(text.text) else {
            throw badValue(
                key,
                "\"\(text.text)\" is not http://HOST[:PORT][/PATH] or https://..., without a query")
        }
        return url
    }
}

extension URL {
    /// A URL that stands in the program.
    static func known(_ text: StaticString) -> URL {
        guard let url = URL(text.description) else { preconditionFailure("a URL of our own") }
        return url
    }
}
