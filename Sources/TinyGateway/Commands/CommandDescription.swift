/// How a command is called and what it does: what the parser checks and `--help` prints.
struct CommandDescription: Sendable {
    /// "balance open".
    let name: String
    /// Its positional arguments as written in the synopsis; `[X]` may be left out.
    let positionals: [String]
    let options: [Option]
    /// One line for the overview.
    let summary: String
    /// What one has to know before using it, in whole sentences.
    let details: String

    struct Option: Sendable {
        /// With its dashes: "--payment".
        let name: String
        /// What stands for its value in the synopsis; nil for a switch.
        let value: String?
        let explanation: String

        init(_ name: String, _ value: String?, _ explanation: String) {
            self.name = name
            self.value = value
            self.explanation = explanation
        }
    }

    init(
        _ name: String, _ positionals: [String] = [], options: [Option] = [], summary: String,
        details: String = ""
    ) {
        self.name = name
        self.positionals = positionals
        self.options = options
        self.summary = summary
        self.details = details
    }

    /// Options that every command takes.
    static let common = [
        Option(
            "--config", "FILE", "default ./tinygateway.toml, then /etc/tinygateway/tinygateway.toml"
        ),
        Option("--json", nil, "for scripts: one JSON object a line"),
        Option("--help", nil, "this text"),
    ]

    var positionalsMin: Int { positionals.filter { !$0.hasPrefix("[") }.count }

    func option(_ name: String) -> Option? {
        options.first { $0.name == name } ?? Self.common.first { $0.name == name }
    }

    var synopsis: String {
        var words = ["tinygateway", name] + positionals
        for option in options {
            words.append(option.value.map { "[\(option.name) \($0)]" } ?? "[\(option.name)]")
        }
        return words.joined(separator: " ")
    }

    var help: String {
        var text = "\(synopsis)\n\n\(summary)\n"
        if !details.isEmpty { text += "\n\(details)\n" }
        text += "\nOptions:\n"
        let rows = (options + Self.common).map { option in
            ["  " + option.name + (option.value.map { " " + $0 } ?? ""), option.explanation]
        }
        return text + TextTable.render(rows) + "\nExit codes: "
            + "0 done, 1 refused or failed, 2 wrong usage, 3 damaged data.\n"
    }
}
