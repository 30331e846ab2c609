import Foundation
import Testing

@testable import TinyGateway

@Suite struct JSONScannerTests {
    static let valid = [
        "{}", "[]", " \t\r\n{ } ", "{\"a\":1}", "{\"a\":-0,\"b\":[1,2 , 3],\"c\":{\"d\":null}}",
        "[true,false,null,\"\",\"x\"]", "[0,-1,10,1.5,0.0,1e5,1E+5,2e-7,-0.5e1]",
        "{\"a\\u0062\\\"\\\\\\/\\b\\f\\n\\r\\t\":\"\\u00e9\\ud83d\\ude00\"}",
        "[\"\u{E9}\u{2028}\u{1F600}\u{7F}\"]", "[[[[[[]]]],{\"a\":[{}]}]]",
        "{\"a\":{\"a\":{\"a\":{\"a\":\"deep\"}}},\"a\":2}", "[9007199254740992,9007199254740993]",
    ]
    static let invalid = [
        "", " ", "1", "\"a\"", "null", "{", "[", "{]", "[}", "[1,]", "{\"a\":1,}", "{,}", "[,1]",
        "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{a:1}", "{'a':1}", "[01]", "[-]", "[1.]", "[.5]",
        "[1e]", "[1e+]", "[+1]", "[--1]", "[1 2]", "[tru]", "[truee]", "[nul", "[True]", "[NaN]",
        "[\"\u{1}\"]", "[\"a\nb\"]", "[\"\\x\"]", "[\"\\u12\"]", "[\"\\u12G4\"]", "[\"a]", "{}{}",
        "{}x", "[]]", "[1]]", "\u{FEFF}{}", "[\u{A0}]", "{\"a\":1 \"b\":2}", "{1:2}", "[0x1]",
        "[1_0]", "// x\n{}", "[\u{0C}1]",
    ]

    @Test(arguments: valid)
    func aWholeDocumentIsDone(document: String) {
        #expect(JSONRecorder.scan(Array(document.utf8)).isDone)
    }

    @Test(arguments: invalid)
    func anythingElseIsNot(document: String) {
        #expect(!JSONRecorder.scan(Array(document.utf8)).isDone)
    }

    @Test func textThatIsNotKeptIsCheckedOnly() {
        let text = "a\\n\(String(repeating: "x", count: 300))"
        let document =
            "{\"unkept\":\"\(text)\",\"a\":1,\"unkept\":{\"b\":\"y\"},"
            + "\"unkept\":[\"z\"],\"unkept\":null}"
        let expected = [
            "$ opened", "$.a=integer(1)", "$.unkept opened", "$.unkept.b='y'", "$.unkept closed",
            "$.unkept opened", "$.unkept[]='z'", "$.unkept closed", "$.unkept=null", "$ closed",
        ]
        let bytes = Array(document.utf8)
        for cut in 0...bytes.count {
            let told = JSONRecorder.scan(bytes, cuts: [cut])
            #expect(told.lines == expected && told.isDone)
        }
        #expect(!JSONRecorder.scan(Array("{\"unkept\":\"\\x\"}".utf8)).isDone)
    }

    @Test(arguments: valid + invalid)
    func everySplitTellsTheSame(document: String) {
        let bytes = Array(document.utf8)
        let whole = JSONRecorder.scan(bytes)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pieces = JSONRecorder.scan(bytes, cuts: [first, second])
                if pieces != whole { Issue.record("cut at \(first), \(second): \(pieces)") }
            }
        }
        #expect(JSONRecorder.scan(bytes, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test(arguments: [
        ("{\"ty\\u0070e\":\"\\u0061\\\"\"}", "$.type='a\"'"),
        ("{\"\\u0074\\u0079\\u0070\\u0065\":1}", "$.type=integer(1)"),
        ("{\"a\":\"\\ud83d\\ude00\"}", "$.a='\u{1F600}'"),
        ("{\"a\":\"\\ud83d\\ud83dx\\ude00\"}", "$.a='\u{FFFD}\u{FFFD}x\u{FFFD}'"),
        ("{\"a\":9007199254740992}", "$.a=integer(9007199254740992)"),
        ("{\"a\":9007199254740993}", "$.a=oddNumber"),
        ("{\"a\":-9007199254740992}", "$.a=integer(-9007199254740992)"),
        ("{\"a\":18446744073709551617}", "$.a=oddNumber"),
        ("{\"a\":1\(String(repeating: "0", count: 5000))}", "$.a=oddNumber"),
        ("{\"a\":1.0}", "$.a=oddNumber"), ("{\"a\":1e2}", "$.a=oddNumber"),
        ("{\"a\":-0}", "$.a=integer(0)"), ("{\"a\":false}", "$.a=bool(false)"),
        ("{\"a\":\"\(String(repeating: "x", count: 257))\"}", "$.a=longString"),
        ("{\"a\":\"\\n\(String(repeating: "x", count: 256))\"}", "$.a=longString"),
        ("{\"\(String(repeating: "k", count: 257))\":1,\"a\":2}", "$.a=integer(2)"),
        ("{\"a\":[1,{\"b\":[2]}]}", "$.a[].b[]=integer(2)"),
    ])
    func scalarsArriveAtTheirPlace(document: String, line: String) {
        let lines = JSONRecorder.scan(Array(document.utf8)).lines
        #expect(lines.contains(line), "\(lines)")
        #expect(
            JSONRecorder.scan(Array(document.utf8), cuts: [document.utf8.count / 2]).lines == lines)
    }

    @Test func aStringOfExactlyTheBoundIsKeptHoweverItIsCut() {
        let text = String(repeating: "x", count: 256)
        let document = Array("{\"a\":\"\(text)\"}".utf8)
        for cut in 0...document.count {
            #expect(JSONRecorder.scan(document, cuts: [cut]).lines.contains("$.a='\(text)'"))
        }
    }

    @Test(arguments: [63, 64, 65, 66, 200, 100_000])
    func depthCostsNothing(depth: Int) {
        let open = String(repeating: "[", count: depth) + "\"]{\\\"\""
        let close = String(repeating: "]", count: depth)
        let objects = String(repeating: "{\"a\":", count: depth)
        let ends = String(repeating: "}", count: depth)
        #expect(JSONRecorder.scan(Array((open + close).utf8), cuts: [70]).isDone)
        #expect(!JSONRecorder.scan(Array((open + close.dropLast()).utf8)).isDone)
        #expect(!JSONRecorder.scan(Array((open + "}" + close.dropLast()).utf8)).isDone)
        #expect(!JSONRecorder.scan(Array((open + close + "]").utf8)).isDone)
        #expect(JSONRecorder.scan(Array((objects + "1" + ends).utf8)).isDone)
        let after = JSONRecorder.scan(
            Array(("{\"x\":" + open + close + ",\"y\":1}").utf8), cuts: [66, 68])
        #expect(after.isDone && after.lines.contains("$.y=integer(1)"))
    }

    @Test func theClosingBracketIsWhereItStops() {
        #expect(JSONRecorder.scan(Array(" {\"a\":{}} ".utf8)).end == 8)
        #expect(JSONRecorder.scan(Array("[[]]".utf8), cuts: [3]).end == 3)
        #expect(JSONRecorder.scan(Array("{\"a\":\"}\"".utf8)).end == nil)
    }

    /// Seeded mutations of the documents above: accepted exactly when Foundation accepts them.
    @Test func mutationsAreJudgedAsByAnotherReader() {
        var random = SeededGenerator(seed: 20_261_122)
        let alphabet = Array("{}[]\",:\\ue0123-+.tn \n".utf8)
        for round in 0..<4_000 {
            var bytes = Array(Self.valid[round % Self.valid.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let byte = alphabet.randomElement(using: &random)!
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(byte, at: at)
                case 1 where at < bytes.count: bytes.remove(at: at)
                default: if at < bytes.count { bytes[at] = byte }
                }
            }
            let whole = JSONRecorder.scan(bytes)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            if JSONRecorder.scan(bytes, cuts: [cut]) != whole {
                Issue.record("cut at \(cut): \(String(decoding: bytes, as: UTF8.self))")
            }
            guard let expected = Self.isValid(bytes), expected != whole.isDone else { continue }
            Issue.record("\(String(decoding: bytes, as: UTF8.self)): \(whole.isDone)")
        }
    }

    /// Foundation's verdict; `nil` where it is known to judge by other rules than the grammar
    /// (half surrogate pairs, text that is not UTF-8, numbers beyond a double, a comma before a
    /// bracket).
    private static func isValid(_ bytes: [UInt8]) -> Bool? {
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\\u"),
            !text.contains("e"), !text.contains("E")
        else { return nil }
        let tokens = text.filter { !$0.isWhitespace }
        guard !tokens.contains(",]"), !tokens.contains(",}") else { return nil }
        return (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
    }
}
