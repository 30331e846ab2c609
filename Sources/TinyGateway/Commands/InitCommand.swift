/// `init`: the configuration file with every key, the data directory and its key. Overwrites
/// nothing.
enum InitCommand {
    static let description = CommandDescription(
        "init", [],
        options: [
            .init("--data", "DIRECTORY", "where the ledger goes, default /var/lib/tinygateway"),
            .init("--listen", "ADDRESS", "HOST:PORT, default 127.0.0.1:8080"),
            .init("--public-url", "URL", "what customers' base_url begins with"),
            .init("--print", nil, "only print the configuration"),
        ],
        summary: "Write a configuration with every key, the data directory and its key.",
        details: """
            The file is --config FILE, default ./tinygateway.toml. The data directory gets mode 0700,
            secret.key in it 0600. What is there already stays as it is.
            """)

    static func run(_ invocation: Invocation) -> CommandOutput {
        let path = invocation.configurationPath ?? ConfigurationFile.local
        let text = ConfigurationTemplate.text(values(invocation))
        let folder = ConfigurationFile.folder(of: path)
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration([UInt8](text.utf8), folder: folder)
        } catch let error {
            return .refused(error.message(file: "the new configuration"), status: .usage)
        }
        if invocation.option("--print") != nil { return .done(text) }
        do throws(FileError) {
            return try write(text, to: path, configuration)
        } catch let error {
            return .refused(
                "\(error.text); choose another place with --config FILE, --data DIRECTORY")
        }
    }

    private static func values(_ invocation: Invocation) -> [String: String] {
        var values: [String: String] = [:]
        if let directory = invocation.option("--data") {
            values["data.directory"] = TOMLText.quote(directory)
        }
        if let address = invocation.option("--listen") {
            values["server.listen"] = "[\(TOMLText.quote(address))]"
            values["server.public_url"] = TOMLText.quote("http://\(address)")
        }
        if let url = invocation.option("--public-url") {
            values["server.public_url"] = TOMLText.quote(url)
        }
        return values
    }

    private static func write(
        _ text: String, to path: String, _ configuration: Configuration
    ) throws(FileError) -> CommandOutput {
        guard !Files.exists(path) else {
            return .refused("\(path) exists; remove it, or name another file with --config FILE")
        }
        let data = configuration.data
        var lines: [String] = []
        if Files.exists(data.directory) {
            lines.append("kept    \(data.directory)")
        } else {
            try Files.makeFolder(data.directory, mode: 0o700)
            lines.append("created \(data.directory)")
        }
        let keyPath = data.path(SecretKey.fileName)
        if Files.exists(keyPath) {
            lines.append("kept    \(keyPath)")
        } else {
            try Files.replace(keyPath, Random.bytes(Seal.keyBytes), mode: SecretKey.mode)
            // Made by root in the gateway's own folder it would be of no use to the gateway.
            try HostProcess.giveToOwner(of: data.directory, keyPath)
            lines.append("created \(keyPath)")
        }
        // Last: a configuration that is there says that the rest is too.
        try Files.replace(path, [UInt8](text.utf8), mode: 0o644)
        lines.append("created \(path)")
        return .done((lines + nextSteps(path)).joined(separator: "\n") + "\n")
    }

    private static func nextSteps(_ path: String) -> [String] {
        let option = path == ConfigurationFile.local ? "" : " --config \(path)"
        return [
            "",
            "Next:",
            "  1. read \(path); set server.public_url to what your customers will use",
            "  2. export OPENAI_API_KEY=...        (or upstream.managed.credentials = [\"file:PATH\"])",
            "  3. tinygateway serve\(option)",
            "  4. tinygateway account add you@example.com\(option)",
            "  5. tinygateway balance open ACCOUNT pay --grant 5\(option)",
            "  6. tinygateway config toml BALANCE\(option)      paste it into ~/.codex/config.toml",
        ]
    }
}
