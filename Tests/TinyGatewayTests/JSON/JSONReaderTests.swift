import Testing

@testable import TinyGateway

@Suite struct JSONReaderTests {
    private func read(_ text: String, bytesMax: Int = 10_000) -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            return .success(try JSONReader.read(Array(text.utf8), bytesMax: bytesMax))
        } catch {
            return .failure(error)
        }
    }

    @Test func aDocumentBecomesATree() throws {
        let value = try read(
            " {\"a\":[1,-2,1.50,1e3,true,false,null],\"b\":{\"\\u0063\":\"\\ud83d\\ude00\\n\"},"
                + "\"d\":9223372036854775807,\"e\":9223372036854775808} "
        ).get()
        #expect(
            value["a"]?.array == [
                .integer(1), .integer(-2), .number("1.50"), .number("1e3"), .bool(true),
                .bool(false), .null,
            ])
        #expect(value["b"]?["c"]?.string == "\u{1F600}\n")
        #expect(value["d"]?.integer == Int64.max)
        #expect(value["e"] == .number("9223372036854775808"))
        #expect(value["nothing"] == nil)
        #expect(value.members?.map(\.name) == ["a", "b", "d", "e"])
    }

    @Test(arguments: JSONScannerTests.valid.filter { !$0.contains("\"a\":2") })
    func whatTheScannerAcceptsIsRead(document: String) {
        #expect(throws: Never.self) { try read(document).get() }
    }

    @Test(
        arguments: JSONScannerTests.invalid.filter { !["1", "\"a\"", "null"].contains($0) })
    func whatTheScannerRefusesIsRefused(document: String) {
        #expect(throws: JSONError.self) { try read(document).get() }
    }

    @Test(arguments: [
        ("{\"a\":1,\"\\u0061\":2}", JSONError.repeatedName("a")), ("[1,", .cutShort),
        ("[1", .cutShort), ("{\"a", .cutShort), ("tru", .cutShort),
        ("[1;2]", .unexpectedByte(at: 2)),
        ("[\"\\ud83d\"]", .badText(at: 1)), ("[\"\\ude00\"]", .badText(at: 1)),
        (String(repeating: "[", count: 33), .tooDeep(at: 32)),
        (String(repeating: " ", count: 10_001), .tooLong(bytes: 10_001, max: 10_000)),
    ])
    func theErrorSaysWhatAndWhere(document: String, error: JSONError) {
        #expect(read(document) == .failure(error))
        #expect(!error.reason.isEmpty)
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: JSONError.badText(at: 1)) {
            try JSONReader.read([0x5B, 0x22, 0xC3, 0x28, 0x22, 0x5D], bytesMax: 10)
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var writer = JSONWriter()
        let text = "\"\\/\u{0}\u{1F}\u{7F}\u{2028}\u{2029}\n\r\t\u{E9}\u{1F600}<"
        writer.beginObject()
        writer.field("text", text)
        writer.field("n", -5)
        writer.fieldNull(text)
        writer.key("list")
        writer.beginArray()
        writer.integer(1)
        writer.bool(true)
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.field("last", false)
        writer.endObject()
        let written = String(decoding: writer.bytes, as: UTF8.self)
        #expect(
            written.hasPrefix(
                "{\"text\":\"\\\"\\\\/\\u0000\\u001f\\u007f\\u2028\\u2029\\n\\r\\t\u{E9}\u{1F600}<\""
            ))
        #expect(written.hasSuffix("\"list\":[1,true,{}],\"last\":false}"))
        let value = try read(written).get()
        #expect(value["text"]?.string == text && value["n"]?.integer == -5)
        var again = JSONWriter()
        again.value(value)
        #expect(again.bytes == writer.bytes)
    }
}
