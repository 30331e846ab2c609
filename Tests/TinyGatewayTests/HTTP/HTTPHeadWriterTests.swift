import Testing

@testable import TinyGateway

@Suite("HTTP: writing heads") struct HTTPHeadWriterTests {
    @Test func aResponse() {
        var writer = HeadWriter(status: 429)
        writer.field(.contentType, "application/json")
        writer.field(.contentLength, decimal: 1204)
        writer.field("x-codex-promo-message", "")
        #expect(
            writer.finish()
                == latin(
                    "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\n"
                        + "content-length: 1204\r\nx-codex-promo-message: \r\n\r\n"))
        #expect(HeadWriter(status: 299).finish() == latin("HTTP/1.1 299 \r\n\r\n"))
        #expect(
            HeadWriter(status: 200, reason: "Fine").finish() == latin("HTTP/1.1 200 Fine\r\n\r\n"))
    }

    @Test func aRequestWithCopiedFieldsIsReadBackTheSame() throws {
        let text = "POST /v1/responses?x=%20 HTTP/1.1\r\nHost: a\r\nX-Odd:\t\u{E9} b \r\n\r\n"
        var parser = RequestHeadParser(limits: .request(Limits()))
        #expect(try parser.feed(latin(text).span) != nil)
        let head = parser.takeHead()
        var writer = HeadWriter(method: head.method, target: head.target.text)
        for index in head.fields.indices { writer.field(copying: index, of: head.fields) }
        writer.field(.contentLength, decimal: 0)
        #expect(
            writer.finish()
                == latin(
                    "POST /v1/responses?x=%20 HTTP/1.1\r\nHost: a\r\nX-Odd: \u{E9} b\r\n"
                        + "content-length: 0\r\n\r\n"))
    }

    @Test(arguments: [
        ("a b\tc é", true), ("", true), ("a\r", false), ("a\nb", false), ("\0", false),
    ])
    func valuesCannotEndTheirLine(_ value: String, _ isValue: Bool) {
        #expect(HeadWriter.isFieldValue(value) == isValue)
    }

    static let dates: [(seconds: Int64, text: String)] = [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (1_795_307_712, "Sun, 22 Nov 2026 00:35:12 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ]

    @Test(arguments: dates) func datesAreIMFFixdates(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.text(seconds) == text)
    }

    @Test func everyErrorHasAStatusAndASentence() {
        for error in HTTPError.allCases {
            #expect(!Status.reason(error.status).isEmpty, "\(error)")
            #expect(error.sentence.hasSuffix("."), "\(error)")
        }
        #expect(Set(HTTPError.allCases.map(\.sentence)).count == HTTPError.allCases.count)
    }
}
