/// `[data]`: the folder that holds everything the gateway remembers.
struct DataConfiguration {
    static let standardDirectory = "/var/lib/tinygateway"

    /// Absolute, or relative to the process's folder when the configuration's own path was.
    var directory = standardDirectory
    /// Keep each token sealed, so that its owner can see the block again.
    var keepTokens = true

    static let keys = [
        ConfigurationKey(
            "directory", "\"\(standardDirectory)\"",
            "ledger.jsonl, directory.json, secret.key, admin.sock and more; relative to this file"),
        ConfigurationKey(
            "keep_tokens", "true", "sealed copies, so that `config toml` can show a block again"),
    ]

    init() {}

    init(_ table: TOMLTable, folder: String) throws(ConfigurationError) {
        let section = try ConfigurationSection(table, name: "data", keys: Self.keys)
        keepTokens = try section.boolean("keep_tokens", true)
        let written = try section.string("directory", directory)
        guard !written.isEmpty, !written.utf8.contains(0) else {
            throw section.badValue("directory", "name a folder, \"\(Self.standardDirectory)\"")
        }
        let isRelative = !written.hasPrefix("/") && !folder.isEmpty
        directory = isRelative ? folder + "/" + written : written
        // admin.sock lies in it, and a Unix socket's path has at most 107 bytes (sun_path).
        guard directory.utf8.count <= 90 else {
            throw section.badValue(
                "directory", "the path is \(directory.utf8.count) bytes long; at most 90")
        }
    }

    /// The path of a file in the data directory.
    func path(_ file: String) -> String { directory + "/" + file }
}
