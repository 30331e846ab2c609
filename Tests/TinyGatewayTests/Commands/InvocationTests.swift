import Testing

@testable import TinyGateway

@Suite struct InvocationTests {
    @Test func optionsStandAnywhere() throws {
        let one = try Invocation(["topup", "b_1", "20", "--payment", "p", "--json"])
        let two = try Invocation(["topup", "--json", "--payment=p", "b_1", "--config", "f", "20"])
        #expect(one.command == .topup)
        #expect(one.positionals == ["b_1", "20"] && two.positionals == one.positionals)
        #expect(one.option("--payment") == "p" && two.option("--payment") == "p")
        #expect(one.isJSON && two.isJSON)
        #expect(one.configurationPath == nil && two.configurationPath == "f")
    }

    @Test func optionalArguments() throws {
        #expect(try Invocation(["usage"]).positionals == [])
        #expect(try Invocation(["usage", "b_1"]).positionals == ["b_1"])
        #expect(try Invocation(["balance", "open", "--help"]).wantsHelp)
    }

    static let bad: [([String], String)] = [
        ([], "no command given; see tinygateway --help"),
        (["balnce", "open"], "there is no command balnce; did you mean balance open?"),
        (["zzzzzz"], "there is no command zzzzzz; see tinygateway --help"),
        (["token"], "which one? token rotate"),
        (["balance", "opn", "a"], "which one? balance open, balance list, balance show"),
        (["token", "rotate"], "BALANCE is missing; tinygateway token rotate BALANCE"),
        (["token", "rotate", "a", "b"], "unexpected argument b; tinygateway token rotate BALANCE"),
        (["usage", "--form", "x"], "usage has no option --form; did you mean --from?"),
        (["usage", "--from"], "--from needs a value, --from DAY"),
        (["usage", "--json=1"], "--json takes no value"),
        (["usage", "--json", "--json"], "--json is given twice"),
    ]

    @Test(arguments: bad) func refuses(arguments: [String], sentence: String) {
        #expect(throws: Invocation.UsageError(sentence: sentence)) { try Invocation(arguments) }
    }

    @Test func everyCommandHasHelp() {
        for command in CommandName.allCases {
            let description = command.description
            #expect(description.help.hasPrefix("tinygateway \(description.name)"))
            #expect(description.summary.hasSuffix("."))
            #expect(CommandName.overview.contains("  \(description.name)"))
        }
    }

    @Test func commandsTravelWhole() throws {
        let arguments = ["grant", "b_1", "5", "--label", "a \"b\" \\ é\n\u{2028}😀"]
        let message = AdminRequest.message(arguments)
        let text = String(decoding: message, as: UTF8.self)
        #expect(text.hasPrefix("POST /v1/command HTTP/1.1\r\nhost: admin.sock\r\n"))
        let start = try #require(
            message.indices.first { Array(message[$0...].prefix(4)) == [13, 10, 13, 10] })
        #expect(AdminRequest.arguments(Array(message[(start + 4)...])) == arguments)
        let output = CommandOutput(status: .damaged, output: "{\"a\":1}\n", error: "x\ty\n")
        #expect(AdminRequest.output(AdminRequest.content(output)) == output)
        for bad in [
            "", "{}", "[]", "{\"arguments\":1}", "{\"arguments\":[1]}",
            "{\"exit\":9,\"stdout\":\"\",\"stderr\":\"\"}",
        ] {
            #expect(AdminRequest.arguments([UInt8](bad.utf8)) == nil)
            #expect(AdminRequest.output([UInt8](bad.utf8)) == nil)
        }
    }

    @Test func tablesAlign() {
        let text = TextTable.render([["a", "n", "z"], ["bbb", "10", ""]], rightAligned: [1])
        #expect(text == "a     n  z\nbbb  10\n")
    }
}
