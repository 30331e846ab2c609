import Billing
import CUV
import Testing

@testable import TinyGateway

/// Every operation against books and a directory in a folder of their own, as a command without a
/// running gateway does it.
@Suite struct OperationTests {
    final class Place {
        let directory: String
        var configuration = Configuration()
        var milliseconds: Int64 = 1_763_771_712_345

        init() throws {
            directory = "/tmp/tinygateway-operations-\(Random.identifier())"
            try Files.makeFolder(directory, mode: 0o700)
            try Files.replace(directory + "/secret.key", Random.bytes(32), mode: 0o600)
            configuration.data.directory = directory
        }

        deinit {
            for name in [
                "ledger.jsonl", "directory.json", "checkpoint", "inflight", "secret.key",
                "tinygateway.toml",
            ] {
                try? Files.remove(directory + "/" + name)
            }
            _ = unsafe rmdir(directory)
        }

        /// Runs commands one after the other in one opening of the books.
        func run(_ commands: [[String]]) throws -> [CommandOutput] {
            let loop = EventLoop()
            let office = try Office.open(configuration, loop: loop, mode: .serve)
            var outputs: [CommandOutput] = []
            func next(_ index: Int) {
                guard index < commands.count else { return office.books.close { loop.stop() } }
                Operation.run(commands[index], in: office) { output in
                    outputs.append(output)
                    next(index + 1)
                }
            }
            next(0)
            loop.run()
            return outputs
        }

        func run(_ command: String...) throws -> CommandOutput {
            try #require(try run([command]).first)
        }

        /// A fresh account's id.
        func account(_ email: String = "me@example.com") throws -> String {
            let output = try run("account", "add", email, "--json")
            return try #require(try Self.field("account", output.output))
        }

        static func field(_ name: String, _ line: String) throws -> String? {
            try JSONReader.read([UInt8](line.utf8), bytesMax: 65_536)[name]?.string
        }
    }

    @Test func aCustomersFirstDay() throws {
        let place = try Place()
        let account = try place.account()
        let opened = try place.run(
            "balance", "open", account, "pay", "--grant", "5", "--label", "team", "--json")
        #expect(opened.status == .done && opened.error == "")
        let balance = try #require(try Place.field("balance", opened.output))
        let token = try #require(try Place.field("token", opened.output))
        #expect(AccessToken(token) != nil)
        #expect(
            opened.output
                == "{\"balance\":\"\(balance)\",\"service\":\"pay\",\"token\":\"\(token)\","
                + "\"base_url\":\"http://127.0.0.1:8080/u/\(token)/v1\"}\n")
        let topup = try place.run("topup", balance, "20", "--payment", "p-1", "--json")
        #expect(
            topup.output.hasPrefix(
                "{\"balance\":\"\(balance)\",\"remaining\":\"65.0000\",\"expires\":\""))
        let shown = try place.run("balance", "show", balance, "--json")
        #expect(
            shown.output.hasPrefix(
                "{\"balance\":\"\(balance)\",\"service\":\"pay\",\"remaining\":\"65.0000\",\"held\":\"0.0000\",\"expires\":\""
            ))
        let block = try place.run("config", "toml", balance)
        #expect(
            block.output == """
                # ~/.codex/config.toml: the first two lines belong above the first [table], and there
                # is one model_provider and one model only. Contains your token: do not forward it.
                model_provider = "tinygateway-codex-pay"
                model = "gpt-5.5"

                [model_providers.tinygateway-codex-pay]
                name = "TinyGateway team"
                base_url = "http://127.0.0.1:8080/v1"
                http_headers = { "x-tinygateway-token" = "\(token)" }
                wire_api = "responses"
                requires_openai_auth = false
                supports_websockets = false

                \(CodexBlock.features.joined(separator: "\n"))

                """)
        let url = try place.run("config", "toml", balance, "--url")
        #expect(
            url.output.contains("\nbase_url = \"http://127.0.0.1:8080/u/\(token)/v1\"\nwire_api"))
        _ = try TOMLParser.parse([UInt8](block.output.utf8))
        for script in [
            try place.run("config", "install", balance),
            try place.run("config", "install", balance, "--windows"),
        ] {
            #expect(script.status == .done && script.output.contains("\"\(token)\" }\n"))
            #expect(script.output.hasSuffix("\n") && !script.output.contains("@BLOCK@"))
        }
        #expect(try Books.verify(directory: place.directory).isIntact)
        let ledger = String(
            decoding: try Files.read(place.directory + "/ledger.jsonl", bytesMax: 1 << 20),
            as: UTF8.self)
        #expect(!ledger.contains("tg_") && !ledger.contains("example.com"))
    }

    @Test func whatIsSentTwiceIsBookedOnce() throws {
        let place = try Place()
        let opened = try place.run("balance", "open", try place.account(), "pay", "--json")
        let balance = try #require(try Place.field("balance", opened.output))
        let outputs = try place.run([
            ["topup", balance, "20", "--payment", "p"], ["topup", balance, "20", "--payment", "p"],
            ["topup", balance, "30", "--payment", "p"],
            ["grant", balance, "1", "--id", "g"], ["grant", balance, "1", "--id", "g"],
            ["grant", balance, "2", "--id", "g"],
        ])
        #expect(outputs.map { $0.status } == [.done, .done, .refused, .done, .done, .refused])
        #expect(outputs[1].error == "tinygateway: was booked before; nothing was added\n")
        #expect(try place.run("balance", "show", balance).output.contains("remaining    61.0000"))
    }

    @Test func rotatingKeepsTheProvider() throws {
        let place = try Place()
        let account = try place.account()
        _ = try place.run("balance", "open", account, "pay")
        let opened = try place.run("balance", "open", account, "pay", "--json")
        let balance = try #require(try Place.field("balance", opened.output))
        let old = try #require(try Place.field("token", opened.output))
        let rotated = try place.run("token", "rotate", balance, "--json")
        let new = try #require(try Place.field("token", rotated.output))
        #expect(new != old)
        let block = try place.run("config", "toml", balance).output
        #expect(block.contains(new) && !block.contains(old))
        #expect(block.contains("[model_providers.tinygateway-codex-pay-2]"))
    }

    @Test func tokensThatAreNotKeptAreShownOnce() throws {
        let place = try Place()
        place.configuration.data.keepTokens = false
        let opened = try place.run("balance", "open", try place.account(), "pay", "--json")
        let balance = try #require(try Place.field("balance", opened.output))
        let block = try place.run("config", "toml", balance)
        #expect(block.status == .refused)
        #expect(
            block.error == "tinygateway: the token was not kept (data.keep_tokens is off); "
                + "`tinygateway token rotate \(balance)` makes a new one\n")
    }

    /// What a crash between the ledger and the directory leaves, and what a lost ledger does.
    @Test func ledgerAndDirectoryApart() throws {
        let place = try Place()
        let opened = try place.run("balance", "open", try place.account(), "pay", "--json")
        let balance = try #require(try Place.field("balance", opened.output))
        let whole = try Files.read(place.directory + "/directory.json", bytesMax: 1 << 20)
        try Files.remove(place.directory + "/directory.json")
        let listed = try place.run("balance", "list")
        #expect(
            listed.error
                == "tinygateway: \(balance) has no token; `tinygateway token rotate \(balance)` makes one\n"
        )
        #expect(listed.output.contains(balance))
        try Files.remove(place.directory + "/ledger.jsonl")
        try Files.remove(place.directory + "/checkpoint")
        try Files.replace(place.directory + "/directory.json", whole, mode: 0o600)
        let strays = try place.run("balance", "list")
        #expect(
            strays.error
                == "tinygateway: directory.json has a token for \(balance), which is not in "
                + "the ledger; it is ignored\n")
        try Files.replace(place.directory + "/directory.json", [1, 2, 3], mode: 0o600)
        do throws(Refusal) {
            _ = try Office.open(place.configuration, loop: EventLoop(), mode: .serve)
            Issue.record("a damaged directory opens")
        } catch let refusal {
            #expect(refusal.status == .damaged)
        }
    }

    struct Refused: Sendable {
        let command: String
        let status: CommandStatus
        let sentence: String

        init(_ command: String, _ status: CommandStatus, _ sentence: String) {
            self.command = command
            self.status = status
            self.sentence = sentence
        }
    }

    static let refused: [Refused] = [
        Refused(
            "account add nobody", .usage, "nobody is not an e-mail address like you@example.com"),
        Refused(
            "balance open a_x pay", .refused,
            "there is no account a_x; `tinygateway account list` shows all, "
                + "`tinygateway account add EMAIL` makes one"),
        Refused(
            "balance open me@example.com pray", .usage, "pray is not a service; pay, boost or link"),
        Refused(
            "balance open me@example.com link --grant 5", .usage,
            "--grant is for pay and boost; --weeks N"),
        Refused(
            "balance open me@example.com pay --weeks 5", .usage, "--weeks is for link; --grant USD"),
        Refused(
            "balance open me@example.com link --weeks 0", .usage,
            "--weeks 0: a whole number from 1 to 520"),
        Refused(
            "balance open me@example.com pay --grant 0.00001", .usage,
            "0.00001 is not an amount in USD like 20 or 0.25, with at most 4 places"),
        Refused(
            "balance show b_x", .refused,
            "there is no balance b_x; `tinygateway balance list` shows all"),
        Refused(
            "balance show x", .usage,
            "x is not a balance like b_...; `tinygateway balance list` shows all"),
        Refused(
            "usage --from yesterday", .usage, "--from yesterday is not a day like 2026-11-22"),
        Refused("usage --from 2026-02-02 --to 2026-02-01", .usage, "--to is before --from"),
        Refused("ledger verify", .usage, "ledger verify is not for a running gateway"),
        Refused("nonsense", .usage, "there is no command nonsense; see tinygateway --help"),
    ]

    @Test func refusalsSayWhatToDo() throws {
        let place = try Place()
        _ = try place.account()
        let outputs = try place.run(
            Self.refused.map { $0.command.split(separator: " ").map { String($0) } })
        #expect(outputs.count == Self.refused.count)
        for (output, expected) in zip(outputs, Self.refused) {
            #expect(output.status == expected.status, "\(expected.command)")
            #expect(output.output == "")
            #expect(output.error == "tinygateway: \(expected.sentence)\n")
        }
        let again = try place.run("account", "add", "ME@example.com")
        #expect(again.error.contains("is there already, as a_"))
    }

    @Test func verifyAndRepairSayWhereTheDamageIs() throws {
        let place = try Place()
        _ = try place.run("balance", "open", try place.account(), "pay", "--grant", "5")
        let path = place.directory + "/ledger.jsonl"
        let verify = try Invocation(["ledger", "verify", "--json"])
        let intact = LedgerVerifyCommand.run(verify, place.configuration)
        #expect(intact.status == .done)
        #expect(intact.output.hasPrefix("{\"entries\":4,\"chain\":\""))
        #expect(intact.output.hasSuffix("\",\"ok\":true}\n"))
        var bytes = try Files.read(path, bytesMax: 1 << 20)
        bytes[bytes.count - 100] ^= 1
        try Files.replace(path, bytes, mode: 0o600)
        let damaged = LedgerVerifyCommand.run(verify, place.configuration)
        #expect(damaged.status == .damaged)
        #expect(damaged.output.hasPrefix("{\"entries\":3,"))
        #expect(damaged.error.contains("damaged at line 4, byte "))
        let show = try Invocation(["ledger", "repair"])
        #expect(LedgerRepairCommand.run(show, place.configuration).status == .damaged)
        let cut = try Invocation(["ledger", "repair", "--yes", "--json"])
        let repaired = LedgerRepairCommand.run(cut, place.configuration)
        #expect(repaired.status == .done)
        let saved = try #require(try Self.Place.field("saved_as", repaired.output))
        try Files.remove(saved)
        #expect(LedgerVerifyCommand.run(verify, place.configuration).status == .done)
    }

    @Test func pricesShowTheTableInForce() throws {
        var configuration = Configuration()
        let shown = PricesShowCommand.run(try Invocation(["prices", "show"]), configuration).output
        #expect(shown.contains("gpt-5.4-mini         2026-01-01  0.075  0.0075"))
        configuration = try Configuration(
            [UInt8](
                """
                [[billing.price]]
                model = "mine"
                from = "2026-02-01"
                input = "1"
                output = "2"
                """.utf8), folder: ".")
        let arguments = try Invocation(["prices", "show", "--json"])
        let json = PricesShowCommand.run(arguments, configuration).output
        #expect(json.hasPrefix("{\"digest\":\"") && json.contains("\"mine\""))
    }

    @Test func serveRefusesWhatItCannotDoYet() throws {
        var configuration = Configuration()
        #expect(configuration.notServedYet == nil)
        configuration.upstream.managed.url = URL.known("https://192.0.2.1/v1")
        #expect(configuration.notServedYet?.sentence.contains("host names") == true)
        configuration.upstream.managed.url = URL.known("http://192.0.2.1/v1")
        #expect(configuration.notServedYet == nil)
        configuration.upstream.managed.tokenURL = URL.known("https://192.0.2.1/oauth/token")
        #expect(configuration.notServedYet == nil)
        configuration.upstream.managed.credentials = [.auth("/x/auth.json")]
        #expect(configuration.notServedYet?.sentence.contains("token_url") == true)
    }

    @Test func passesHaveNoMoney() throws {
        let place = try Place()
        let opened = try place.run(
            "balance", "open", try place.account(), "link", "--weeks", "2", "--json")
        let balance = try #require(try Place.field("balance", opened.output))
        let shown = try place.run("balance", "show", balance, "--json").output
        #expect(!shown.contains("remaining") && !shown.contains("held"))
        #expect(try place.run("topup", balance, "20", "--payment", "p").status == .refused)
        #expect(
            try place.run("config", "toml", balance).output.contains("requires_openai_auth = true"))
    }

    @Test func initWritesAndNeverOverwrites() throws {
        let place = try Place()
        let file = place.directory + "/tinygateway.toml"
        let key = try Files.read(place.directory + "/secret.key", bytesMax: 64)
        let arguments = ["init", "--config", file, "--data", ".", "--listen", "[::1]:9"]
        let first = InitCommand.run(try Invocation(arguments))
        #expect(first.status == .done, "\(first.error)")
        #expect(try Files.read(place.directory + "/secret.key", bytesMax: 64) == key)
        let configuration = try ConfigurationFile.read(file)
        #expect(configuration.data.directory == place.directory + "/.")
        #expect(configuration.server.publicURL.text == "http://[::1]:9")
        let second = InitCommand.run(try Invocation(arguments))
        #expect(second.status == .refused)
        #expect(second.error.contains("exists; remove it"))
        let bad = InitCommand.run(try Invocation(["init", "--config", file, "--listen", "x"]))
        #expect(bad.status == .usage)
    }
}
