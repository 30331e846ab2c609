import Testing

@testable import TinyGateway

@Suite struct TOMLTests {
    /// One line for each value, "path=value".
    private static func flat(_ table: TOMLTable, _ prefix: String = "") -> [String] {
        table.entries.flatMap { flat($0.value, prefix + $0.key) }
    }

    private static func flat(_ value: TOMLValue, _ path: String) -> [String] {
        switch value.content {
        case .string(let text): ["\(path)=\"\(text)\""]
        case .integer(let integer): ["\(path)=\(integer)"]
        case .boolean(let boolean): ["\(path)=\(boolean)"]
        case .array(let values):
            values.isEmpty
                ? ["\(path)=[]"]
                : values.enumerated().flatMap { flat($1, "\(path)[\($0)]") }
        case .table(let table): flat(table, path + ".")
        case .tables(let tables):
            tables.enumerated().flatMap { flat($1, "\(path)[\($0)].") }
        }
    }

    static let good: [(String, String, [String])] = [
        ("nothing", "", []),
        ("blank lines and comments", "\n  # a comment\r\n\t\n", []),
        ("a byte order mark", "\u{FEFF}a = 1", ["a=1"]),
        (
            "integers", "a = 0\nb = -7\nc = +1_000\nd = 9223372036854775807",
            ["a=0", "b=-7", "c=1000", "d=9223372036854775807"]
        ),
        ("booleans", "a = true # yes\nb=false", ["a=true", "b=false"]),
        (
            "basic strings", #"a = "x \"y\" \\ \t # \u00e9 \U0001F600""#,
            ["a=\"x \"y\" \\ \t # é 😀\""]
        ),
        ("literal strings", #"a = 'C:\new "x"'"#, [#"a="C:\new "x"""#]),
        ("quoted and odd keys", "\"a b\" = 1\n'c.d' = 2\n7-_x = 3", ["a b=1", "c.d=2", "7-_x=3"]),
        (
            "arrays", "a = []\nb = [1, 2,]\nc = [ # first\n \"x\",\n\n \"y\" # last\n]",
            ["a=[]", "b[0]=1", "b[1]=2", "c[0]=\"x\"", "c[1]=\"y\""]
        ),
        ("nested arrays", "a = [[1], [2, 3]]", ["a[0][0]=1", "a[1][0]=2", "a[1][1]=3"]),
        ("inline tables", "a = { b = 1, c = \"x\" }\nd = {}", ["a.b=1", "a.c=\"x\""]),
        ("tables", "[a]\nb = 1\n[ c ] # comment\nd = 2", ["a.b=1", "c.d=2"]),
        (
            "dotted tables", "[a.b.c]\nd = 1\n[a]\ne = 2\n[a.b]\nf = 3",
            ["a.b.c.d=1", "a.b.f=3", "a.e=2"]
        ),
        (
            "arrays of tables", "[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n[a.b.d]\ne = 3",
            ["a.b[0].c=1", "a.b[1].c=2", "a.b[1].d.e=3"]
        ),
        ("no line end at the end", "a = 1 # x", ["a=1"]),
    ]

    @Test(arguments: good) func reads(name: String, text: String, expected: [String]) throws {
        #expect(Self.flat(try TOMLParser.parse([UInt8](text.utf8))) == expected, "\(name)")
    }

    static let bad: [(String, String)] = [
        ("a", "f:1: a has no value; write a = ..."),
        ("a =", "f:1: a has no value after the ="),
        ("a = # x", "f:1: a has no value after the ="),
        ("\n= 1", "f:2: a key is missing before `= 1`"),
        ("a = 1 b = 2", "f:1: unexpected `b = 2` after the end of the value; one key a line"),
        ("a = 1\na = 2", "f:2: a is already set on line 1; keep one of the two"),
        ("[t]\n\na = 1\na = 2", "f:4: t.a is already set on line 3; keep one of the two"),
        ("[t]\n[t]", "f:2: t is already set on line 1; keep one of the two"),
        ("t = 1\n[t]", "f:2: t is already set on line 1; keep one of the two"),
        ("t = 1\n[t.u]", "f:2: t is already set on line 1; keep one of the two"),
        ("[t]\n[[t]]", "f:2: t is already set on line 1; keep one of the two"),
        ("[[t]]\n[t]", "f:2: t is already set on line 1; keep one of the two"),
        ("t = { a = 1 }\n[t]", "f:2: t is already set on line 1; keep one of the two"),
        ("t = { a = 1, a = 2 }", "f:1: t.a is already set on line 1; keep one of the two"),
        ("[t", "f:1: the table's name is not closed; write [name]"),
        ("[[t]", "f:1: the table's name is not closed; write [[name]]"),
        ("[]", "f:1: a key is missing before `]`"),
        ("a.b = 1", "f:1: dotted keys are not supported; write the table's name above, [a]"),
        (
            "a = 0.5",
            "f:1: a: 0.5 is neither an integer nor true or false; strings, amounts and dates stand in quotes, \"0.5\""
        ),
        (
            "a = 2026-01-01",
            "f:1: a: 2026-01-01 is neither an integer nor true or false; strings, amounts and dates stand in quotes, \"2026-01-01\""
        ),
        (
            "a = yes",
            "f:1: a: yes is neither an integer nor true or false; strings, amounts and dates stand in quotes, \"yes\""
        ),
        (
            "a = 01",
            "f:1: a: 01 is neither an integer nor true or false; strings, amounts and dates stand in quotes, \"01\""
        ),
        (
            "a = 1__0",
            "f:1: a: 1__0 is neither an integer nor true or false; strings, amounts and dates stand in quotes, \"1__0\""
        ),
        (
            "a = 9223372036854775808",
            "f:1: a: 9223372036854775808 is neither an integer nor true or false; strings, amounts and dates stand in quotes, \"9223372036854775808\""
        ),
        ("a = $x", "f:1: a: unexpected `$x`; strings stand in quotes"),
        ("a = \"x", "f:1: a string is not closed on its line"),
        ("a = \"x\ny\"", "f:1: a string is not closed on its line"),
        (
            "a = \"\"\"x\"\"\"",
            "f:1: multi-line strings are not supported; write the text on one line"
        ),
        ("a = \"\\q\"", "f:1: an unknown escape in a string; write a backslash as \\\\"),
        ("a = \"\\u12\"", "f:1: \\u needs 4 hexadecimal digits"),
        ("a = \"\\uD800\"", "f:1: an escape that is not a Unicode character"),
        ("a = \"\u{1}\"", "f:1: a control character in a string; write it as \\u00XX"),
        ("# \u{1}", "f:1: a control character in a comment; remove it"),
        (
            "a = 1\rb = 2",
            "f:1: a carriage return without a line feed; save the file with plain line ends"
        ),
        ("a = [1\n2]", "f:2: `2]` inside the array a; write , between values and ] at the end"),
        ("\na = [1,\n", "f:2: the array a is not closed; write ] at its end"),
        ("a = { b = 1", "f:1: the inline table a is not closed on its line; write } at its end"),
        ("a = [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "f:1: a is nested too deeply"),
    ]

    @Test(arguments: bad) func refuses(text: String, message: String) {
        #expect(throws: ConfigurationError.self) { try TOMLParser.parse([UInt8](text.utf8)) }
        do throws(ConfigurationError) {
            _ = try TOMLParser.parse([UInt8](text.utf8))
        } catch let error {
            #expect(error.message(file: "f") == message)
        }
    }

    @Test func refusesBytesThatAreNoText() {
        #expect(
            throws: ConfigurationError.syntax(line: 1, explanation: "the file is not UTF-8 text")
        ) {
            try TOMLParser.parse([0x61, 0xFF])
        }
    }

    /// A file cut anywhere either reads or is refused; it never stops the process.
    @Test func everyPrefixIsReadOrRefused() {
        let bytes = [UInt8](ConfigurationTemplate.text().utf8)
        for end in stride(from: 0, to: bytes.count, by: 7) {
            _ = try? TOMLParser.parse(Array(bytes[..<end]))
        }
        for (_, text, _) in Self.good {
            let bytes = [UInt8](text.utf8)
            for end in bytes.indices { _ = try? TOMLParser.parse(Array(bytes[..<end])) }
        }
    }
}
