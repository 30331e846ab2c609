/// The arguments of one call, checked against the description of their command.
struct Invocation {
    let command: CommandName
    let positionals: [String]
    private let options: [String: String]

    /// What is wrong with the arguments, as a sentence that ends with the remedy.
    struct UsageError: Error, Equatable {
        let sentence: String
    }

    /// Reads `COMMAND [WORD...] [--name VALUE | --name=VALUE | --switch]...` in any order behind
    /// the command's name.
    init(_ arguments: [String]) throws(UsageError) {
        guard let first = arguments.first else {
            throw UsageError(sentence: "no command given; see tinygateway --help")
        }
        let (command, used) = try Self.command(first, arguments.count > 1 ? arguments[1] : nil)
        let description = command.description
        var positionals: [String] = []
        var options: [String: String] = [:]
        var rest = arguments.dropFirst(used)
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                positionals.append(argument)
                continue
            }
            let (name, inline) = Self.split(argument)
            guard let option = description.option(name) else {
                throw Self.unknownOption(name, description)
            }
            guard options[name] == nil else {
                throw UsageError(sentence: "\(name) is given twice")
            }
            options[name] = try Self.value(of: option, inline, &rest)
        }
        self.command = command
        self.positionals = positionals
        self.options = options
        try checkCount(description)
    }

    var isJSON: Bool { options["--json"] != nil }
    var wantsHelp: Bool { options["--help"] != nil }
    var configurationPath: String? { options["--config"] }

    /// nil when the option is not given; empty for a switch.
    func option(_ name: String) -> String? {
        precondition(command.description.option(name) != nil, "an option that is not described")
        return options[name]
    }

    private func checkCount(_ description: CommandDescription) throws(UsageError) {
        guard !wantsHelp else { return }
        if positionals.count < description.positionalsMin {
            let missing = description.positionals[positionals.count]
            throw UsageError(sentence: "\(missing) is missing; \(description.synopsis)")
        }
        if positionals.count > description.positionals.count {
            let extra = positionals[description.positionals.count]
            throw UsageError(sentence: "unexpected argument \(extra); \(description.synopsis)")
        }
    }

    private static func command(
        _ first: String, _ second: String?
    ) throws(UsageError) -> (CommandName, Int) {
        let pair = second.map { "\(first) \($0)" }
        for command in CommandName.allCases {
            let name = command.description.name
            if name == first { return (command, 1) }
            if name == pair { return (command, 2) }
        }
        let names = CommandName.allCases.map { $0.description.name }
        let family = names.filter { $0.hasPrefix(first + " ") }
        if !family.isEmpty {
            throw UsageError(sentence: "which one? \(family.joined(separator: ", "))")
        }
        let nearest =
            pair.flatMap { Similarity.nearest(to: $0, among: names) }
            ?? Similarity.nearest(to: first, among: names)
        let hint = nearest.map { "did you mean \($0)?" } ?? "see tinygateway --help"
        throw UsageError(sentence: "there is no command \(first); \(hint)")
    }

    private static func split(_ argument: String) -> (name: String, value: String?) {
        guard let equal = argument.firstIndex(of: "=") else { return (argument, nil) }
        return (String(argument[..<equal]), String(argument[argument.index(after: equal)...]))
    }

    private static func value(
        of option: CommandDescription.Option, _ inline: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let placeholder = option.value else {
            guard inline == nil else { throw UsageError(sentence: "\(option.name) takes no value") }
            return ""
        }
        guard let value = inline ?? rest.popFirst() else {
            throw UsageError(
                sentence: "\(option.name) needs a value, \(option.name) \(placeholder)")
        }
        return value
    }

    private static func unknownOption(
        _ name: String, _ description: CommandDescription
    ) -> UsageError {
        let names = (description.options + CommandDescription.common).map { $0.name }
        let nearest = Similarity.nearest(to: name, among: names)
        let hint = nearest.map { "did you mean \($0)?" } ?? description.synopsis
        return UsageError(sentence: "\(description.name) has no option \(name); \(hint)")
    }
}
