import Billing
import Testing

@testable import TinyGateway

@Suite struct ConfigurationTests {
    private static func read(_ text: String) throws(ConfigurationError) -> Configuration {
        try Configuration([UInt8](text.utf8), folder: "/etc/tinygateway")
    }

    private static func message(_ text: String) -> String {
        do throws(ConfigurationError) {
            _ = try read(text)
            return "read"
        } catch let error {
            return error.message(file: "f")
        }
    }

    /// Everything that decides, as text, to compare configurations.
    private static func dump(_ configuration: Configuration) -> String {
        var text = ""
        Swift.dump(configuration, to: &text)
        return text
    }

    @Test func whatInitWritesIsTheDefault() throws {
        let written = try Self.read(ConfigurationTemplate.text())
        let defaults = Self.dump(Configuration())
        #expect(Self.dump(written) == defaults)
        #expect(Self.dump(try Self.read("")) == defaults)
    }

    @Test func whatInitWritesNamesEveryKeyOfTheDesign() {
        let text = ConfigurationTemplate.text()
        let keys = """
            listen public_url behind_proxy certificate key directory keep_tokens ca_file url auth_url
            token_url credentials minimum_hold overdraft output_allowance topups bonus_percent
            bonus_from valid_days link_week web_search unknown_model model from input cached_input
            cache_write output fast long_context quality size price interval_minutes daily_limit
            head_bytes head_fields head_seconds body_bytes body_seconds keep_alive_seconds connections
            connections_per_address streams_per_balance requests_per_minute upstream_connect_seconds
            upstream_first_byte_seconds upstream_answer_seconds upstream_idle_seconds
            client_write_seconds abandoned_seconds settle_seconds drain_seconds replay_body_bytes
            buffer_bytes_total
            """.split { $0 == " " || $0 == "\n" }
        let lines = text.split(separator: "\n").map { $0.hasPrefix("# ") ? $0.dropFirst(2) : $0 }
        for key in keys {
            #expect(lines.contains { $0.hasPrefix("\(key) = ") }, "\(key)")
        }
    }

    @Test func theExamplesOfInitAreReadWhenUncommented() throws {
        let text = ConfigurationTemplate.text()
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                let isExample = line.hasPrefix("# [[") || line.contains(" = ")
                return line.hasPrefix("# ") && isExample ? String(line.dropFirst(2)) : String(line)
            }
            .joined(separator: "\n")
        let configuration = try Self.read(text)
        let moment = try #require(Timestamp("2026-11-22T00:00:00.000Z"))
        let row = configuration.billing.prices.row(for: ModelName("gpt-5.5"), at: moment).row
        #expect(row.longContext?.above == 272_000)
    }

    @Test func readsEveryKind() throws {
        let configuration = try Self.read(
            """
            [server]
            listen = ["0.0.0.0:80", "[::1]:8080"]
            public_url = "https://gate.example.com/ai"
            [server.tls]
            listen = ["[::]:443"]
            certificate = "c.pem"
            key = "k.pem"
            [data]
            directory = "data"
            keep_tokens = false
            [upstream.managed]
            url = "http://127.0.0.1:9/v1"
            credentials = ["file:/run/key", "auth:/srv/x/auth.json", "env:K"]
            [billing]
            minimum_hold = "0.02"
            topups = ["1", "2.5"]
            web_search = "0.002"
            unknown_model = "mine"
            [[billing.price]]
            model = "mine"
            from = "2026-02-01"
            input = "1"
            output = "2"
            fast = "1.5"
            long_context = { above = 10, input = "3", output = "4" }
            [limits]
            head_seconds = 3
            """)
        #expect(configuration.server.listen.map { $0.text } == ["0.0.0.0:80", "[::1]:8080"])
        #expect(configuration.server.tls.listen == [.tcp(host: "::", port: 443)])
        #expect(configuration.server.publicURL.text == "https://gate.example.com/ai")
        #expect(configuration.data.directory == "/etc/tinygateway/data")
        #expect(!configuration.data.keepTokens)
        #expect(
            configuration.upstream.managed.credentials
                == [.file("/run/key"), .auth("/srv/x/auth.json"), .environment("K")])
        #expect(configuration.billing.terms.minimumHold.text == "0.0200")
        #expect(configuration.billing.terms.topups.map { $0.text } == ["1.0000", "2.5000"])
        let moment = try #require(Timestamp("2026-11-22T00:00:00.000Z"))
        let match = configuration.billing.prices.row(for: ModelName("never heard of"), at: moment)
        #expect(match.isUnknownModel)
        #expect(match.row.model.text == "mine")
        #expect(match.row.longContext?.cachedInput == nil)
        #expect(configuration.limits.headSeconds == 3)
    }

    static let bad: [(String, String)] = [
        ("[sever]", "f:1: sever is not a key; did you mean server?"),
        ("[server]\nlisen = []", "f:2: server.lisen is not a key; did you mean server.listen?"),
        (
            "[limits]\nheadbytes = 1",
            "f:2: limits.headbytes is not a key; did you mean limits.head_bytes?"
        ),
        (
            "[limits]\nzzz = 1",
            "f:2: limits.zzz is not a key; `tinygateway init --print` shows all keys"
        ),
        ("listen = []", "f:1: listen is not a key; `tinygateway init --print` shows all keys"),
        ("server = 1", "f:1: server is an integer where a table belongs, for example [server]"),
        (
            "[server]\nlisten = \"127.0.0.1:80\"",
            "f:2: server.listen is a string where an array of strings belongs, for example listen = [\"127.0.0.1:8080\"]"
        ),
        (
            "[server]\nlisten = [\n80]",
            "f:3: server.listen is an integer where a string inside the array belongs, for example listen = [\"127.0.0.1:8080\"]"
        ),
        (
            "[server]\nlisten = []",
            "f:2: server.listen: nothing to listen on; write at least one address, \"127.0.0.1:8080\""
        ),
        (
            "[server]\nlisten = [\"*:80\"]",
            "f:2: server.listen: \"*:80\" is not IPv4:PORT or [IPv6]:PORT; for all addresses write \"0.0.0.0:8080\" and \"[::]:8080\""
        ),
        (
            "[server]\nlisten = [\"1.2.3.4:5\", \"1.2.3.4:5\"]",
            "f:2: server.listen: \"1.2.3.4:5\" stands here twice"
        ),
        (
            "[server]\npublic_url = \"gate.example.com\"",
            "f:2: server.public_url: \"gate.example.com\" is not http://HOST[:PORT][/PATH] or https://..., without a query"
        ),
        (
            "[server.tls]\nlisten = [\"0.0.0.0:443\"]",
            "f:1: server.tls.certificate: server.tls.listen needs a certificate file"
        ),
        (
            "[server]\nbehind_proxy = [\"nginx\"]",
            "f:2: server.behind_proxy: \"nginx\" is not an IP address, for example \"127.0.0.1\" or \"::1\""
        ),
        (
            "[data]\nkeep_tokens = 1",
            "f:2: data.keep_tokens is an integer where true or false belongs, for example keep_tokens = true"
        ),
        (
            "[data]\ndirectory = \"\"",
            "f:2: data.directory: name a folder, \"/var/lib/tinygateway\""
        ),
        (
            "[upstream.managed]\ncredentials = [\"sk-secret\"]",
            "f:2: upstream.managed.credentials: a reference belongs here, \"env:NAME\", \"file:PATH\" or \"auth:PATH\"; never a key"
        ),
        (
            "[upstream.managed]\ncredentials = []",
            "f:2: upstream.managed.credentials: at least one, for example \"env:OPENAI_API_KEY\""
        ),
        (
            "[billing]\noverdraft = 0.5",
            "f:2: billing.overdraft: 0.5 is neither an integer nor true or false; strings, amounts and dates stand in quotes, \"0.5\""
        ),
        (
            "[billing]\noverdraft = 1",
            "f:2: billing.overdraft is an integer where a string belongs, for example overdraft = \"0.50\""
        ),
        (
            "[billing]\noverdraft = \"-1\"",
            "f:2: billing.overdraft: \"-1\" is not an amount in USD like \"0.25\", with at most 6 places"
        ),
        (
            "[billing]\nminimum_hold = \"0\"",
            "f:2: billing.minimum_hold: must be above 0, or nobody is ever refused"
        ),
        ("[billing]\ntopups = [\"5\", \"5\"]", "f:2: billing.topups: the amounts must rise"),
        (
            "[billing]\nunknown_model = \"x\"",
            "f:2: billing.unknown_model: x has no price; name a model of `tinygateway prices show`"
        ),
        (
            "[billing.price]",
            "f:1: billing.price is a table where an array of tables belongs, for example [[billing.price]]"
        ),
        (
            "[[billing.price]]\nmodel = \"x\"",
            "f:1: billing.price.from: is missing in the table of line 1"
        ),
        (
            "[[billing.price]]\nmodel = \"x\"\nfrom = \"2026-02-30\"",
            "f:3: billing.price.from: \"2026-02-30\" is not a day like \"2026-01-01\""
        ),
        (
            "[[billing.price]]\nmodel = \"x\"\nfrom = \"2026-01-01\"\ninput = \"0.0000001\"",
            "f:4: billing.price.input: \"0.0000001\" is not a price in USD per million tokens like \"0.075\", with at most 6 places"
        ),
        (
            "[[billing.price]]\nmodell = \"x\"",
            "f:2: billing.price.modell is not a key; did you mean billing.price.model?"
        ),
        (
            "[[billing.price]]\nmodel = \"x\"\nfrom = \"2026-01-01\"\ninput = \"1\"\noutput = \"1\"\nlong_context = 5",
            "f:6: billing.price.long_context is an integer where an inline table belongs, for example long_context = { above = 272000, input = \"1\", cached_input = \"0.1\", output = \"4.5\" }"
        ),
        (
            "[keepalive]\ninterval_minutes = 0",
            "f:2: keepalive.interval_minutes: 0 is out of bounds; it may be 5 to 1440"
        ),
        (
            "[limits]\nhead_bytes = 0",
            "f:2: limits.head_bytes: 0 is out of bounds; it may be 1024 to 1048576"
        ),
        (
            "[limits]\nhead_bytes = 65537",
            "f:2: limits.head_bytes: at most 65536, what is read at once"
        ),
        (
            "[limits]\nupstream_idle_seconds = 300",
            "f:2: limits.upstream_idle_seconds: below 300, when Codex itself gives up"
        ),
        (
            "[limits]\nconnections = 100",
            "f:1: limits.connections_per_address: at most connections, 100"
        ),
    ]

    @Test(arguments: bad) func namesFileLineKeyAndRemedy(text: String, message: String) {
        #expect(Self.message(text) == message)
    }

    static let addresses: [(String, Bool)] = [
        ("127.0.0.1:8080", true), ("0.0.0.0:0", true), ("[::]:80", true), ("[::1]:80", true),
        ("[2001:db8::1]:443", true), ("[1:2:3:4:5:6:7:8]:1", true), ("[1::8]:1", true),
        ("127.0.0.1", false), ("127.0.0.1:", false), ("127.0.0.1:65536", false),
        ("127.0.0.1:+80", false), ("256.0.0.1:80", false), ("01.0.0.1:80", false),
        ("localhost:80", false), ("::1:80", false), ("[::1]80", false), ("[1::2::3]:1", false),
        ("[1:2:3:4:5:6:7]:1", false), ("[:1]:1", false), ("[1:2:3:4:5:6:7:8:9]:1", false),
        ("[fe80::1%eth0]:1", false), ("", false), (":80", false),
    ]

    @Test(arguments: addresses) func tellsAddresses(text: String, isGood: Bool) {
        let address = ListenAddress(text)
        #expect((address != nil) == isGood)
        if let address { #expect(address.text == text) }
    }

    static let near: [(String, String?)] = [
        ("lisen", "listen"), ("lsiten", "listen"), ("certificat", "certificate"), ("x", nil),
        ("public-url", "public_url"), ("completely_other", nil),
    ]

    @Test(arguments: near) func suggests(word: String, expected: String?) {
        let words = ["listen", "public_url", "certificate"]
        #expect(Similarity.nearest(to: word, among: words) == expected)
    }
}
