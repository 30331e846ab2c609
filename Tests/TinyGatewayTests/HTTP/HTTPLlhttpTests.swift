import Testing

@testable import TinyGateway

/// The 246 messages of llhttp's own tests (`../shared/corpora/corpus_llhttp.json`). What llhttp
/// refuses, we refuse; what it takes, we take; what it takes in one of its lenient modes, we
/// refuse. Everything else stands in `exceptions` with its reason.
///
/// llhttp asks neither for Host nor forbids fragments, so both are mended before a message is read:
/// otherwise half of the messages would end there and test nothing.
@Suite("HTTP: llhttp corpus") struct HTTPLlhttpTests {
    static let corpus = HTTPCorpus.load("corpus_llhttp.json").map { mended($0) }

    @Test func eachMessageIsJudgedAsLlhttpDoes() {
        for item in Self.corpus {
            let transcript = HTTPTranscript.read([item.bytes], as: Self.side(item))
            let found = transcript.error.map { "\($0)" } ?? "no error"
            if let exception = Self.exceptions.first(where: { item.name.hasSuffix($0.title) }) {
                #expect(found == exception.verdict, "\(item.name): \(exception.reason)")
            } else {
                let isRefused = transcript.error != nil
                #expect(isRefused == Self.isRefusedByLlhttp(item), "\(item.name): \(found)")
            }
        }
    }

    @Test func cutAnywhereTheStoryIsTheSame() {
        for item in Self.corpus where item.bytes.count < 700 {
            #expect(isSplitIndependent(item.bytes, as: Self.side(item)), "\(item.name)")
        }
    }

    @Test func everyExceptionIsStillNeeded() {
        guard !Self.corpus.isEmpty else { return }
        for exception in Self.exceptions {
            let cases = Self.corpus.filter { $0.name.hasSuffix(exception.title) }
            #expect(!cases.isEmpty, "\(exception.title)")
            let differs = cases.contains {
                let isRefused = HTTPTranscript.read([$0.bytes], as: Self.side($0)).error != nil
                return isRefused != Self.isRefusedByLlhttp($0)
            }
            #expect(differs, "\(exception.title)")
        }
    }

    /// "Pause on ..." is no error: llhttp hands the connection over, our server answers 405 or 426.
    static func isRefusedByLlhttp(_ item: HTTPCorpusCase) -> Bool {
        if item.type.contains("lenient") { return true }
        guard let error = item.expected else { return false }
        return !error.hasPrefix("Pause on")
    }

    static func side(_ item: HTTPCorpusCase) -> HTTPTranscript.Side {
        item.type.hasPrefix("request") ? .requests : .responses(.get)
    }

    private static let keptAlive = "whether more may follow is for the server and the pool to say"
    private static let unfinished = "the bad line is not finished; the next byte would settle it"
    private static let lengths = "lengths are judged together, at the end of the head"
    private static let otherProtocol = "only HTTP is spoken here"
    private static let anyMethod = "any token is a method here; the server answers 405"
    private static let coding = "a coding that cannot be taken off is refused, not read to the end"
    private static let blankLine = "bytes behind an answer destroy its connection, CRLF too"
    private static let behindClose = "what follows the message is no request, and is not read"
    private static let tunnel = "what follows is the tunnel's; the server refuses before it"

    static let exceptions: [(title: String, verdict: String, reason: String)] = [
        ("No restart when keep-alive is off (1.0)", "no error", keptAlive),
        ("Resetting flags when keep-alive is off (1.0, lenient)", "no error", keptAlive),
        ("CRLF between requests, explicit `close`", "invalidStartLine", behindClose),
        ("Error on `Content-Length` overflow", "no error", lengths),
        ("Error on duplicate `Content-Length`", "no error", lengths),
        ("HTTP protocol and ANNOUNCE method", "no error", anyMethod),
        ("invalid.md: Invalid method", "no error", anyMethod),
        ("request/invalid.md: Invalid HTTP version", "no error", unfinished),
        ("invalid.md: Invalid space after start line", "no error", unfinished),
        ("method.md: CONNECT request", "invalidStartLine", tunnel),
        ("M-SEARCH request", "invalidTarget", "`*` is a target of OPTIONS alone (RFC 9112 3.2.4)"),
        ("SOURCE request with ICE", "invalidVersion", otherProtocol),
        ("OPTIONS request with RTSP", "invalidVersion", otherProtocol),
        ("ANNOUNCE request with RTSP", "invalidVersion", otherProtocol),
        ("PRI request HTTP2", "invalidTarget", otherProtocol),
        ("sample.md: No HTTP version", "invalidStartLine", "HTTP/0.9 is not spoken here"),
        ("curl GET", "invalidHost", "`0.0.0.0=5000` is no host"),
        ("Firefox GET", "invalidHost", "`0.0.0.0=5000` is no host"),
        ("`host:port` and basic auth", "invalidTarget", "user information (RFC 9110 4.2.4)"),
        ("POST with `chunked` as last transfer-encoding", "invalidTransferEncoding", coding),
        (
            "POST with `chunked` as last transfer-encoding (multiple headers)",
            "invalidTransferEncoding", coding
        ),
        ("`chunked` before other transfer-encoding", "invalidTransferEncoding", coding),
        (
            "multiple transfer-encoding where chunked is not the last one",
            "invalidTransferEncoding", coding
        ),
        (
            "`chunkedchunked` transfer-encoding does not enable chunked enconding",
            "invalidTransferEncoding", coding
        ),
        ("HTTP/1.1 with keep-alive disabled and 204 status", "no error", keptAlive),
        ("HTTP/1.1 with keep-alive disabled and 204 status (lenient)", "no error", keptAlive),
        ("HTTP/1.1 with keep-alive disabled, content-length", "no error", keptAlive),
        ("HTTP/1.1 with keep-alive disabled, content-length (lenient)", "no error", keptAlive),
        (
            "HTTP 101 response with Upgrade and Transfer-Encoding header", "invalidStartLine",
            "no upgrade is ever asked for: what follows 101 is taken for another head"
        ),
        ("HTTP 304 with Content-Length", "invalidStartLine", blankLine),
        ("HTTP 100 first, then 400", "invalidStartLine", blankLine),
        ("response/pipelining.md: Should parse multiple events", "invalidStartLine", blankLine),
        ("Response starting with CRLF", "invalidStartLine", blankLine),
        ("RTSP response", "invalidVersion", otherProtocol),
        ("ICE response", "invalidStartLine", otherProtocol),
        ("HTTP version 0.9", "unsupportedVersion", otherProtocol),
        ("Google 301", "bareLineFeed", "its content is longer than its Content-Length"),
    ]

    /// The message with a Host where one is missing and without fragments.
    static func mended(_ item: HTTPCorpusCase) -> HTTPCorpusCase {
        let text = String(String.UnicodeScalarView(item.bytes.map { Unicode.Scalar($0) }))
            .replacing("#hey ", with: " ").replacing("#posts-17408 ", with: " ")
        var lines = text.components(separatedBy: "\r\n")
        for index in lines.indices.reversed() where lines[index].hasSuffix(" HTTP/1.1") {
            let head = lines[(index + 1)...].prefix { !$0.isEmpty }
            if !head.contains(where: { $0.lowercased().hasPrefix("host:") }),
                index + 1 < lines.count
            {
                lines.insert("Host: added", at: index + 1)
            }
        }
        return HTTPCorpusCase(
            name: item.name, type: item.type, expected: item.expected,
            bytes: latin(lines.joined(separator: "\r\n")))
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
