import Testing

@testable import Billing

@Suite struct LedgerFormatTests {
    private static let tail =
        #","n":3,"prev":1234,"link":"000000000000000000000000000000ab""#
    private static let end = #","chain":"0123456789abcdef0123456789abcdef"}"#

    /// One line of each type, spelled out. The head and the tail are the same for all.
    private static let goldens: [(type: String, fields: String)] = [
        ("ledger", #""format":1,"id":"l_test""#),
        ("balance", #""balance":"b_1","account":"a_1","service":"pay","label":"Anna \"A\" \\ é""#),
        (
            "topup",
            #""balance":"b_1","payment":"cs_test_1","paid":"20.0000","bonus":"40.0000","#
                + #""expires":"2026-12-22T00:35:12.345Z""#
        ),
        (
            "grant",
            #""balance":"b_1","id":"g-1","amount":"0.2500","label":"tab\there\u001f","#
                + #""expires":"2026-12-22T00:35:12.345Z""#
        ),
        ("extend", #""balance":"b_1","expires":"2026-12-22T00:35:12.345Z""#),
        (
            "pass",
            #""balance":"b_1","payment":"p","weeks":4,"paid":"1.0000","#
                + #""expires":"2026-12-20T00:35:12.345Z""#
        ),
        ("charge", charge),
        (
            "charge",
            charge.replacing("\"images\":[]", Self.images)
                .replacing("\"images_cost\":\"0\"", "\"images_cost\":\"0.0106\"")
                .replacing("\"exact\":\"0.00105\"", "\"exact\":\"0.01165\"")
                .replacing("\"amount\":\"0.0011\"", "\"amount\":\"0.0117\"")
                + #","reason":"usage_limit_reached""#
        ),
        (
            "void",
            #""balance":"b_1","id":"x_1","began":"2026-11-22T00:35:00.000Z","response":"","#
                + #""model":"","reason":"crash""#
        ),
        (
            "void",
            #""balance":"b_1","id":"x_1","began":"2026-11-22T00:35:00.000Z","response":"resp_1","#
                + #""model":"a \"model\"","reason":"odd_usage""#
        ),
        ("expire", #""balance":"b_1","lot":17,"paid":"0.0001","bonus":"12.0000""#),
        ("refund", #""balance":"b_1","entry":18,"paid":"-10.0000","bonus":"-20.0000","id":"r1""#),
        ("note", #""text":"line\nbreak, \b\f\r, \u0000""#),
    ]

    private static let images =
        #""images":[{"model":"gpt-image-2","quality":"medium","size":"1024x1024","n":1},"#
        + #"{"model":"","quality":"","size":"","n":1}]"#
    private static let charge =
        #""balance":"b_1","id":"x_1","began":"2026-11-22T00:35:00.000Z","response":"resp_1","#
        + #""model":"gpt-5.4-mini-2026-03-05","row":"gpt-5.4-mini","table":"0123456789abcdef","#
        + #""fast":false,"tier":"default","input":20000,"cached":10000,"cache_write":0,"#
        + #""output":500,"reasoning":128,"tokens_cost":"0.00105","searches":0,"#
        + #""searches_cost":"0","images":[],"images_cost":"0","exact":"0.00105","#
        + #""amount":"0.0011","metered":"exact""#

    private static func line(_ golden: (type: String, fields: String), synced: Bool) -> [UInt8] {
        let isOfBalance = !["ledger", "prices", "note"].contains(golden.type)
        let text =
            #"{"seq":42,"at":"2026-11-22T00:35:12.345Z","type":"\#(golden.type)","#
            + golden.fields + (isOfBalance ? tail : "") + (synced ? #","synced":40"# : "") + end
        return Array(text.utf8)
    }

    private static var lines: [[UInt8]] {
        var lines = goldens.map { line($0, synced: false) }
        lines += goldens.map { line($0, synced: true) }
        let table = String(decoding: PriceTable.default.canonicalText, as: UTF8.self)
        lines.append(
            line(("prices", #""digest":"0123456789abcdef","table":"# + table), synced: false))
        return lines
    }

    private static func decoded(_ bytes: [UInt8]) -> LedgerFormat.Decoded? {
        try? decode(bytes)
    }

    @Test func everyTypeIsReadAndWrittenByteForByte() throws {
        var reader = LedgerReader()
        for bytes in Self.lines {
            let text = String(decoding: bytes, as: UTF8.self)
            let decoded = try #require(Self.decoded(bytes), "\(text)")
            #expect(LedgerFormat.encode(decoded.line) == bytes, "\(text)")
            // A reader that remembers names reads the same, the first time and the second.
            #expect(try reader.decode(bytes.span) == decoded)
            #expect(try reader.decode(bytes.span) == decoded)
            #expect(bytes[decoded.chainStart...].starts(with: Array(",\"chain\":\"".utf8)))
            if let start = decoded.linkStart {
                #expect(bytes[start...].starts(with: Array(",\"link\":\"".utf8)))
            }
            #expect((decoded.linkStart == nil) == (decoded.line.entry.balanceID == nil))
        }
    }

    @Test func aTableWithEveryFieldRoundTrips() throws {
        let row = PriceRow(
            model: try ModelName("house").unwrapped, from: try CivilDay("2026-05-01").unwrapped,
            input: try TokenPrice("0.5").unwrapped, cachedInput: try TokenPrice("0").unwrapped,
            cacheWrite: try TokenPrice("0.625").unwrapped, output: try TokenPrice("3").unwrapped,
            fast: try Multiplier("2.5").unwrapped,
            longContext: LongContext(
                above: 272_000, input: try TokenPrice("1").unwrapped,
                cachedInput: try TokenPrice("0.1").unwrapped,
                output: try TokenPrice("4.5").unwrapped))
        let entry = PricesEntry(
            digest: TestBooks.digest, table: PriceTable.default.replacing(row))
        let line = LedgerLine(
            seq: 2, at: TestBooks.start, entry: .prices(entry), position: nil, synced: nil,
            chain: .zero)
        let bytes = LedgerFormat.encode(line)
        #expect(Self.decoded(bytes)?.line == line)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(
            text.contains(
                #""cached_input":"0","cache_write":"0.625","output":"3","fast":"2.5","#
                    + #""long_context":{"above":272000,"input":"1","cached_input":"0.1","#
                    + #""output":"4.5"}}"#))
    }

    @Test func noOtherSpellingIsAccepted() {
        for bytes in Self.lines.prefix(Self.goldens.count) {
            for index in bytes.indices {
                var shorter = bytes
                shorter.remove(at: index)
                expectCanonical(shorter)
                for bit in 0..<8 {
                    var flipped = bytes
                    flipped[index] ^= 1 << UInt8(bit)
                    expectCanonical(flipped)
                }
                expectCanonical(Array(bytes[..<index]))
                var longer = bytes
                longer.insert(UInt8(ascii: " "), at: index)
                expectCanonical(longer)
            }
        }
    }

    /// Either the bytes are refused, or they are the one spelling of what was read.
    private func expectCanonical(_ bytes: [UInt8]) {
        guard let decoded = Self.decoded(bytes) else { return }
        if LedgerFormat.encode(decoded.line) != bytes {
            Issue.record("read but not written: \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test(arguments: [
        ("\"seq\":42", "\"seq\":042"), ("\"seq\":42", "\"seq\":-42"), ("\"seq\":42", "\"seq\":4e1"),
        ("\"seq\":42", "\"seq\": 42"), ("\"seq\":42", "\"seq\":1000000000000000000"),
        ("345Z", "345z"), ("\"fast\":false", "\"fast\":0"), ("0.0011", "0.00110"),
        ("\"0.0011\"", "\"0.0012\""), ("\"exact\":\"0.00105\"", "\"exact\":\"0.001050\""),
        ("\"exact\":\"0.00105\"", "\"exact\":\"0.00106\""), ("resp_1", "resp\\u005f1"),
        ("resp_1", "resp\\/1"), ("resp_1", "resp\\u000a1"), ("resp_1", "resp\\u001F1"),
        ("\"type\":\"charge\"", "\"type\":\"Charge\""), ("\"n\":3", "\"n\":3,\"x\":1"),
        ("\"metered\":\"exact\"", "\"metered\":\"guess\""), ("\"tier\"", "\"Tier\""),
        ("x_1", "y_1"), ("ab\"", "aB\""),
    ])
    func aChargeWithAnotherSpellingIsRefused(from: String, to: String) {
        let text = String(
            decoding: Self.line(("charge", Self.charge), synced: false), as: UTF8.self)
        let changed = text.replacing(from, to)
        #expect(changed != text)
        #expect(Self.decoded(Array(changed.utf8)) == nil)
    }

    @Test func invalidUTF8IsRefused() {
        var bytes = Self.line(("note", #""text":"abc""#), synced: false)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "b") {
            bytes[index] = 0xc3
            break
        }
        #expect(Self.decoded(bytes) == nil)
    }

    @Test func thePiecesMakeTheLine() throws {
        let decoded = try #require(Self.decoded(Self.line(Self.goldens[2], synced: true)))
        let line = decoded.line
        let position = try #require(line.position)
        var bytes = LedgerFormat.entryPrefix(seq: line.seq, at: line.at, line.entry)
        LedgerFormat.appendPosition(n: position.n, prev: position.prev, to: &bytes)
        #expect(bytes.count == decoded.linkStart)
        LedgerFormat.appendLink(position.link, to: &bytes)
        LedgerFormat.appendSynced(try #require(line.synced), to: &bytes)
        #expect(bytes.count == decoded.chainStart)
        LedgerFormat.appendChain(line.chain, to: &bytes)
        #expect(bytes == LedgerFormat.encode(line))
    }
}

extension String {
    /// With the first `old` replaced; the standard library of this build has no such thing.
    func replacing(_ old: String, _ new: String) -> String {
        let parts = Array(utf8)
        let needle = Array(old.utf8)
        for start in 0...max(0, parts.count - needle.count)
        where parts[start...].starts(with: needle) {
            let bytes = parts[..<start] + Array(new.utf8) + parts[(start + needle.count)...]
            return String(decoding: bytes, as: UTF8.self)
        }
        return self
    }
}
