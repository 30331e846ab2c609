/// `config toml BALANCE`.
enum ConfigTOMLCommand {
    static let description = CommandDescription(
        "config toml", ["BALANCE"],
        options: [
            .init("--url", nil, "the dedicated URL, for clients that cannot send a header")
        ],
        summary: "Print what the customer puts into ~/.codex/config.toml.",
        details: """
            It contains the token: give it to its owner only. Several blocks can stand in one file;
            model_provider chooses. `config install` prints a script that does the work.
            """)

    static func run(_ invocation: Invocation, in office: Office) throws(Refusal) -> CommandOutput {
        let usesURL = invocation.option("--url") != nil
        return .done(try office.codexBlock(invocation.positionals[0], usesURL: usesURL).text)
    }
}
