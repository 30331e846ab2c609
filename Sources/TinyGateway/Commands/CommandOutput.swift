/// What a command leaves behind: its exit status and what it says. It travels as it is from a
/// running gateway to the command line.
struct CommandOutput: Equatable {
    var status: CommandStatus
    var output = ""
    var error = ""

    static func done(_ output: String) -> CommandOutput {
        CommandOutput(status: .done, output: output)
    }

    /// A refusal, one sentence that says what to do.
    static func refused(_ sentence: String, status: CommandStatus = .refused) -> CommandOutput {
        CommandOutput(status: status, error: "tinygateway: \(sentence)\n")
    }
}

/// Exit codes that scripts rely on (DESIGN section 9).
enum CommandStatus: Int32 {
    case done = 0
    /// Refused or failed; the message says why.
    case refused = 1
    /// Wrong usage.
    case usage = 2
    /// The ledger or the directory is damaged.
    case damaged = 3
}
