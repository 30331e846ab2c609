/// One key of the configuration file: what `init` writes and what messages show as an example.
struct ConfigurationKey: Sendable {
    let name: String
    /// The default, or for a key without one an example, as TOML.
    let value: String
    /// What it means, for the comment behind it.
    let comment: String

    init(_ name: String, _ value: String, _ comment: String) {
        self.name = name
        self.value = value
        self.comment = comment
    }
}
