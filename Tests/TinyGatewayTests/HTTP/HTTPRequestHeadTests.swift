import Testing

@testable import TinyGateway

@Suite("HTTP: request heads") struct HTTPRequestHeadTests {
    static let sound: [(name: String, bytes: String, story: [String])] = [
        (
            "the least request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            [
                "GET origin / 1.1 framing none keepAlive true expects false upgrade none"
                    + " [host Host=a]"
            ]
        ),
        (
            "one empty line before it", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            [
                "GET origin / 1.1 framing none keepAlive true expects false upgrade none"
                    + " [host Host=a]"
            ]
        ),
        (
            "two in one piece, the first with content",
            "POST /v1/responses?a=b?c HTTP/1.1\r\nhost: a:80\r\ncontent-length: 2\r\n\r\nhi"
                + "GET / HTTP/1.0\r\n\r\n",
            [
                "POST origin /v1/responses?a=b?c 1.1 framing length(2) keepAlive true"
                    + " expects false upgrade none [host host=a:80]"
                    + " [contentLength content-length=2]",
                "content hi",
                "GET origin / 1.0 framing none keepAlive false expects false upgrade none",
            ]
        ),
        (
            "chunked content, white space around values, an empty value, a repeated field",
            "PUT /x HTTP/1.1\r\nHOST:\t[::1]:8080 \r\nTransfer-Encoding: Chunked\r\nX:\r\nx: \u{FF}\t\r\n"
                + "\r\n3;a=b;c=\"\\\";\"\r\nabc\r\n0003\r\ndef\r\n00\r\nT: u\r\n\r\n",
            [
                "PUT origin /x 1.1 framing chunked keepAlive true expects false upgrade none"
                    + " [host HOST=[::1]:8080] [transferEncoding Transfer-Encoding=Chunked]"
                    + " [other X=] [other x=\u{FFFD}]",
                "content abcdef",
            ]
        ),
        (
            "absolute form: its authority counts",
            "GET HTTP://b.example:81?q HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
            [
                "GET absolute /?q 1.1 framing none keepAlive false expects false upgrade none"
                    + " [host Host=a] [connection Connection=x, Close]"
            ]
        ),
        (
            "an HTTP/1.0 client that asks for more and expects in vain",
            "POST / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: x\r\nContent-Length: 0\r\n\r\n",
            [
                "POST origin / 1.0 framing length(0) keepAlive true expects false upgrade none"
                    + " [connection Connection=keep-alive] [expect Expect=x]"
                    + " [contentLength Content-Length=0]"
            ]
        ),
        (
            "an expectation and a WebSocket",
            "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nConnection: Upgrade\r\n"
                + "Upgrade: h2c, WebSocket\r\n\r\n",
            [
                "GET origin / 1.1 framing none keepAlive true expects true upgrade websocket"
                    + " [host Host=a] [expect Expect=100-Continue] [connection Connection=Upgrade]"
                    + " [upgrade Upgrade=h2c, WebSocket]"
            ]
        ),
        (
            "an Upgrade that Connection does not name means nothing",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
            [
                "GET origin / 1.1 framing none keepAlive true expects false upgrade none"
                    + " [host Host=a] [upgrade Upgrade=websocket]"
            ]
        ),
        (
            "names with an underscore are dropped",
            "GET / HTTP/1.1\r\nHost: a\r\ncontent_length: 9\r\n\r\n",
            [
                "GET origin / 1.1 framing none keepAlive true expects false upgrade none"
                    + " [host Host=a]"
            ]
        ),
        (
            "CONNECT and OPTIONS have forms of their own; methods are any token",
            "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"
                + "get / HTTP/1.1\r\nHost: a\r\n\r\n",
            [
                "CONNECT authority  1.1 framing none keepAlive true expects false upgrade none"
                    + " [host Host=a]",
                "OPTIONS asterisk * 1.1 framing none keepAlive true expects false upgrade none"
                    + " [host Host=a]",
                "get origin / 1.1 framing none keepAlive true expects false upgrade none"
                    + " [host Host=a]",
            ]
        ),
    ]

    @Test(arguments: sound.indices) func soundHeadsAreReadHoweverTheyAreCut(_ index: Int) {
        let (name, text, story) = Self.sound[index]
        let bytes = latin(text)
        #expect(
            HTTPTranscript.read([bytes], as: .requests).lines == story + ["complete"], "\(name)")
        #expect(isSplitIndependent(bytes, as: .requests), "\(name)")
    }

    static let unfinished = [
        "", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r", "GET / HTTP/1.1\r\nHo",
    ]

    @Test(arguments: unfinished) func unfinishedHeadsNeedMore(_ text: String) throws {
        var parser = RequestHeadParser(limits: .request(Limits()))
        #expect(try parser.feed(latin(text).span) == nil)
        #expect(parser.isEmpty == text.isEmpty)
        #expect(parser.bytesHeld == text.utf8.count)
    }

    static let refused: [(name: String, bytes: String, error: HTTPError)] = [
        ("bare LF after the request line", "GET / HTTP/1.1\n", .bareLineFeed),
        ("bare LF in a field", "GET / HTTP/1.1\r\nHost: a\n", .bareLineFeed),
        ("bare CR", "GET / HTTP/1.1\rx", .bareCarriageReturn),
        ("CR CR LF", "GET / HTTP/1.1\r\nHost: a\r\r\n", .bareCarriageReturn),
        ("NUL", "GET / HTTP/1.1\r\nHost: a\0", .controlCharacter),
        ("DEL", "GET / HTTP/1.1\r\nHost: \u{7F}", .controlCharacter),
        ("TLS", "\u{16}\u{03}\u{01}", .controlCharacter),
        ("two empty lines first", "\r\n\r\n", .invalidStartLine),
        ("HTTP/0.9", "GET /\r\n", .invalidStartLine),
        ("two spaces", "GET  / HTTP/1.1\r\n", .invalidStartLine),
        ("a space at the end", "GET / HTTP/1.1 \r\n", .invalidStartLine),
        ("a space at the start", " GET / HTTP/1.1\r\n", .invalidStartLine),
        ("no target", "GET HTTP/1.1\r\n", .invalidStartLine),
        ("a space in the target", "GET /a b HTTP/1.1\r\n", .invalidStartLine),
        ("a method that is no token", "G(T / HTTP/1.1\r\n", .invalidMethod),
        ("lower-case protocol", "GET / http/1.1\r\n", .invalidVersion),
        ("two digits", "GET / HTTP/1.10\r\n", .invalidVersion),
        ("no minor version", "GET / HTTP/1\r\n", .invalidVersion),
        ("HTTP/2.0", "PRI * HTTP/2.0\r\n", .unsupportedVersion),
        ("HTTP/1.2", "GET / HTTP/1.2\r\n", .unsupportedVersion),
        ("a fragment", "GET /#a HTTP/1.1\r\n", .invalidTarget),
        ("no slash", "GET a HTTP/1.1\r\n", .invalidTarget),
        ("a byte above ASCII", "GET /\u{E9} HTTP/1.1\r\n", .invalidTarget),
        ("a tab", "GET /\ta HTTP/1.1\r\n", .invalidTarget),
        ("`*` with GET", "GET * HTTP/1.1\r\n", .invalidTarget),
        ("another scheme", "GET ftp://a/ HTTP/1.1\r\n", .invalidTarget),
        ("user information", "GET http://u@a/ HTTP/1.1\r\n", .invalidTarget),
        ("an absolute form without host", "GET http:///a HTTP/1.1\r\n", .invalidTarget),
        ("CONNECT without port", "CONNECT a HTTP/1.1\r\n", .invalidTarget),
        ("CONNECT to a path", "CONNECT / HTTP/1.1\r\n", .invalidTarget),
        ("white space before the fields", "GET / HTTP/1.1\r\n a: b\r\n", .foldedField),
        ("a folded field", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n", .foldedField),
        ("an empty name", "GET / HTTP/1.1\r\n: b\r\n", .invalidFieldName),
        ("a name that is no token", "GET / HTTP/1.1\r\na[b: c\r\n", .invalidFieldName),
        ("a name above ASCII", "GET / HTTP/1.1\r\n\u{E9}: c\r\n", .invalidFieldName),
        ("a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n", .spaceBeforeColon),
        ("a tab before the colon", "GET / HTTP/1.1\r\nHost\t: a\r\n", .spaceBeforeColon),
        ("no colon", "GET / HTTP/1.1\r\nHost\r\n", .missingColon),
    ]

    @Test(arguments: refused.indices) func badLinesAreRefusedAsSoonAsTheyEnd(_ index: Int) {
        let (name, text, error) = Self.refused[index]
        #expect(HTTPTranscript.read([latin(text)], as: .requests).error == error, "\(name)")
        #expect(isSplitIndependent(latin(text), as: .requests), "\(name)")
    }

    static let badFields: [(name: String, fields: String, error: HTTPError)] = [
        ("no Host", "", .missingHost),
        ("two Hosts", "Host: a\r\nhost: a\r\n", .severalHosts),
        ("an empty Host", "Host:\r\n", .invalidHost),
        ("a Host with a path", "Host: a/b\r\n", .invalidHost),
        ("a Host with user information", "Host: u@a\r\n", .invalidHost),
        ("a list of Hosts", "Host: a, b\r\n", .invalidHost),
        ("port 0", "Host: a:0\r\n", .invalidHost),
        ("port 65536", "Host: a:65536\r\n", .invalidHost),
        ("an empty port", "Host: a:\r\n", .invalidHost),
        ("an open bracket", "Host: [::1\r\n", .invalidHost),
        (
            "several lengths", "Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n",
            .severalContentLengths
        ),
        ("a list of lengths", "Host: a\r\nContent-Length: 5, 5\r\n", .invalidContentLength),
        ("no length", "Host: a\r\nContent-Length:\r\n", .invalidContentLength),
        ("a sign", "Host: a\r\nContent-Length: +5\r\n", .invalidContentLength),
        (
            "2 to the 63rd", "Host: a\r\nContent-Length: 9223372036854775808\r\n",
            .invalidContentLength
        ),
        (
            "2 to the 64th plus 5", "Host: a\r\nContent-Length: 18446744073709551621\r\n",
            .invalidContentLength
        ),
        ("beyond the bound", "Host: a\r\nContent-Length: 33554433\r\n", .contentTooLarge),
        (
            "both framings", "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            .lengthAndTransferEncoding
        ),
        (
            "another coding", "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
            .invalidTransferEncoding
        ),
        (
            "chunked twice",
            "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            .invalidTransferEncoding
        ),
        ("a parameter", "Host: a\r\nTransfer-Encoding: chunked;q=1\r\n", .invalidTransferEncoding),
        ("a vertical tab", "Host: a\r\nTransfer-Encoding: \u{0B}chunked\r\n", .controlCharacter),
        ("an expectation nobody knows", "Host: a\r\nExpect: gold\r\n", .unsupportedExpectation),
    ]

    @Test(arguments: badFields.indices) func headsThatContradictThemselvesAreRefused(_ index: Int) {
        let (name, fields, error) = Self.badFields[index]
        let bytes = latin("POST / HTTP/1.1\r\n" + fields + "\r\n")
        #expect(HTTPTranscript.read([bytes], as: .requests).error == error, "\(name)")
        #expect(isSplitIndependent(bytes, as: .requests), "\(name)")
    }

    @Test func transferEncodingDoesNotExistInHTTP10() {
        let bytes = latin("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(HTTPTranscript.read([bytes], as: .requests).error == .transferEncodingInHTTP10)
    }

    static let bounds: [(name: String, bytes: String, verdict: String)] = [
        (
            "64 bytes", "GET / HTTP/1.1\r\nHost: " + String(repeating: "a", count: 38) + "\r\n\r\n",
            "complete"
        ),
        (
            "65 bytes", "GET / HTTP/1.1\r\nHost: " + String(repeating: "a", count: 39) + "\r\n\r\n",
            "headTooLarge"
        ),
        ("a long target", "GET /" + String(repeating: "a", count: 80), "targetTooLong"),
        ("two fields", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n", "complete"),
        (
            "three fields, one dropped", "GET / HTTP/1.1\r\nHost: a\r\nA_: b\r\nC: d\r\n\r\n",
            "tooManyFields"
        ),
    ]

    @Test(arguments: bounds.indices) func boundsAreExact(_ index: Int) {
        let (name, text, verdict) = Self.bounds[index]
        let limits = HeadLimits(bytes: 64, fields: 2)
        let whole = HTTPTranscript.read([latin(text)], as: .requests, limits: limits)
        let single = HTTPTranscript.read(latin(text).map { [$0] }, as: .requests, limits: limits)
        #expect(whole.verdict == verdict, "\(name)")
        #expect(single.lines == whole.lines, "\(name)")
    }

    @Test func theHostIsTheTargetsOwnInAbsoluteForm() {
        let text = "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let heads = HTTPTranscript.read([latin(text)], as: .requests).heads
        #expect(heads.map(\.host) == ["b", "a"])
        #expect(heads[1].target.query == nil)
    }
}
