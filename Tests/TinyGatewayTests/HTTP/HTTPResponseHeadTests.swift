import Testing

@testable import TinyGateway

@Suite("HTTP: response heads") struct HTTPResponseHeadTests {
    static let sound: [(name: String, method: Method, bytes: String, story: [String])] = [
        (
            "chunked", .post,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            [
                "1.1 200 OK framing chunked keepAlive true"
                    + " [transferEncoding Transfer-Encoding=chunked]", "content a", "complete",
            ]
        ),
        (
            "a length, no reason, an underscore in a name", .get,
            "HTTP/1.1 429 \r\nContent-Length: 2\r\nX_y: z\r\n\r\nok",
            [
                "1.1 429  framing length(2) keepAlive true [contentLength Content-Length=2]"
                    + " [other X_y=z]", "content ok", "complete",
            ]
        ),
        (
            "no reason and no space either", .get, "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            [
                "1.1 200  framing length(0) keepAlive true [contentLength Content-Length=0]",
                "complete",
            ]
        ),
        (
            "until the connection closes", .get, "HTTP/1.1 200 OK\r\n\r\nabc",
            ["1.1 200 OK framing untilClose keepAlive false", "content so far abc", "complete"]
        ),
        (
            "interim heads come before the answer", .post,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\nConnection: close\r\n\r\n",
            [
                "1.1 100 Continue framing none keepAlive true",
                "1.1 204 No framing none keepAlive false [connection Connection=close]",
                "complete",
            ]
        ),
        (
            "an answer to HEAD has no content, whatever it says", .head,
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            [
                "1.1 200 OK framing none keepAlive true [contentLength Content-Length=9]",
                "complete",
            ]
        ),
        (
            "HTTP/1.0 closes unless it says otherwise", .get,
            "HTTP/1.0 304 x\r\n\r\nHTTP/1.0 304 x\r\nConnection: Keep-Alive\r\n\r\n",
            [
                "1.0 304 x framing none keepAlive false",
                "1.0 304 x framing none keepAlive true [connection Connection=Keep-Alive]",
                "complete",
            ]
        ),
    ]

    @Test(arguments: sound.indices) func soundHeadsAreReadHoweverTheyAreCut(_ index: Int) {
        let (name, method, text, story) = Self.sound[index]
        let found = HTTPTranscript.read([latin(text)], as: .responses(method)).lines
        #expect(found == story, "\(name)")
        #expect(isSplitIndependent(latin(text), as: .responses(method)), "\(name)")
    }

    static let refused: [(name: String, bytes: String, error: HTTPError)] = [
        ("an empty line first", "\r\nHTTP/1.1 200 OK\r\n", .invalidStartLine),
        ("HTTP/2", "HTTP/2 200 OK\r\n\r\n", .invalidStartLine),
        ("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
        ("two digits", "HTTP/1.1 20\r\n\r\n", .invalidStartLine),
        ("four digits", "HTTP/1.1 2000\r\n\r\n", .invalidStatus),
        ("status 099", "HTTP/1.1 099 x\r\n\r\n", .invalidStatus),
        ("status 600", "HTTP/1.1 600 x\r\n\r\n", .invalidStatus),
        ("a sign", "HTTP/1.1 +20 x\r\n\r\n", .invalidStatus),
        ("bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", .bareLineFeed),
        ("folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", .foldedField),
        (
            "both framings",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .lengthAndTransferEncoding
        ),
        (
            "both framings of 304",
            "HTTP/1.1 304 x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .lengthAndTransferEncoding
        ),
        (
            "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            .severalContentLengths
        ),
        (
            "a coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            .invalidTransferEncoding
        ),
    ]

    @Test(arguments: refused.indices) func brokenHeadsAreRefused(_ index: Int) {
        let (name, text, error) = Self.refused[index]
        let found = HTTPTranscript.read([latin(text)], as: .responses(.get)).error
        #expect(found == error, "\(name)")
        #expect(isSplitIndependent(latin(text), as: .responses(.get)), "\(name)")
    }

    @Test func theLengthOfAnAnswerToHeadIsKnown() throws {
        var parser = ResponseHeadParser(limits: .response(Limits()))
        let bytes = latin("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nrest")
        #expect(try parser.feed(bytes.span) == bytes.count - 4)
        #expect(parser.takeHead().contentLength == .max)
        #expect(parser.isEmpty)
    }
}
