/// `config install BALANCE`.
enum ConfigInstallCommand {
    static let description = CommandDescription(
        "config install", ["BALANCE"],
        options: [
            .init("--windows", nil, "a PowerShell script in place of one for macOS and Linux")
        ],
        summary: "Print a script that puts the balance into the customer's config.toml.",
        details: """
            It contains the token: give it to its owner only, who must not forward it. The script keeps a
            backup, changes only lines it marks, can be run again, and takes itself out with --undo
            (PowerShell: -Undo).
            """)

    static func run(_ invocation: Invocation, in office: Office) throws(Refusal) -> CommandOutput {
        let block = try office.codexBlock(invocation.positionals[0], usesURL: false)
        let script = InstallScript(
            system: invocation.option("--windows") == nil ? .unix : .windows, block: block)
        return .done(script.text)
    }
}
