import Testing

@testable import TinyGateway

/// The 169 requests of Http11Probe (`../shared/corpora/corpus_http11probe.json`), each with what
/// the parser says of it. Where the corpus leaves a choice, ours is the stricter one unless noted.
///
/// "complete" means that the bytes are sound; these are the server's to answer, and the black-box
/// tests put the same requests to the binary: `COMP-METHOD-CONNECT`, `COMP-METHOD-TRACE`,
/// `COMP-TRACE-*` (400), `COMP-UPGRADE-*` (never 101), `MAL-URL-*` (400 by `PathRules`),
/// `COMP-UNKNOWN-METHOD`, `COMP-405-ALLOW`, `COMP-METHOD-CASE`, `COMP-OPTIONS-*`, `COMP-DATE-*`,
/// `COMP-CONNECTION-CLOSE`, `COMP-HTTP10-DEFAULT-CLOSE`, `COMP-NO-1XX-HTTP10`; and what stays
/// "incomplete" needs its deadlines.
@Suite("HTTP: Http11Probe corpus") struct HTTP11ProbeTests {
    static let corpus = HTTPCorpus.load("corpus_http11probe.json")

    @Test func eachRequestHasItsVerdict() {
        var verdicts: [String: String] = [:]
        for (verdict, names) in Self.verdicts {
            for name in names { verdicts[name] = verdict }
        }
        for item in Self.corpus {
            let found = HTTPTranscript.read([item.bytes], as: .requests).verdict
            #expect(found == verdicts[item.name], "\(item.name)")
        }
    }

    /// The corpus's own words, independently of the table.
    @Test func whatMustBe400Is400AndWhatMustBe2xxIsSound() {
        for item in Self.corpus {
            let transcript = HTTPTranscript.read([item.bytes], as: .requests)
            if item.expected == "Exact(400)" {
                #expect(transcript.error?.status == 400, "\(item.name)")
            } else if item.expected == "Range2xx" {
                #expect(transcript.verdict == "complete", "\(item.name)")
            }
        }
    }

    @Test func cutAnywhereTheVerdictIsTheSame() {
        for item in Self.corpus where item.bytes.count < 300 {
            #expect(isSplitIndependent(item.bytes, as: .requests), "\(item.name)")
        }
    }

    static let verdicts: [(verdict: String, names: [String])] = [
        (
            "complete",
            [
                "COMP-BASELINE", "COMP-OPTIONS-STAR", "COMP-ABSOLUTE-FORM", "COMP-METHOD-CASE",
                "COMP-POST-CL-BODY", "COMP-POST-CL-ZERO", "COMP-POST-NO-CL-NO-TE",
                "COMP-CHUNKED-BODY", "COMP-CHUNKED-MULTI", "COMP-CHUNKED-EMPTY",
                "COMP-UPGRADE-POST", "COMP-UPGRADE-MISSING-CONN", "COMP-UPGRADE-UNKNOWN",
                "COMP-METHOD-CONNECT", "COMP-GET-WITH-CL-BODY", "COMP-CHUNKED-EXTENSION",
                "COMP-UPGRADE-INVALID-VER", "COMP-METHOD-TRACE", "COMP-CONNECTION-CLOSE",
                "COMP-HTTP10-DEFAULT-CLOSE", "COMP-HTTP10-NO-HOST", "COMP-TRACE-WITH-BODY",
                "COMP-CHUNKED-TRAILER-VALID", "COMP-CHUNKED-HEX-UPPERCASE", "COMP-RANGE-POST",
                "COMP-UPGRADE-HTTP10", "COMP-HEAD-NO-BODY", "COMP-UNKNOWN-METHOD", "COMP-405-ALLOW",
                "COMP-DATE-HEADER", "COMP-DATE-FORMAT", "COMP-NO-1XX-HTTP10", "COMP-NO-CL-IN-204",
                "COMP-OPTIONS-ALLOW", "COMP-CONTENT-TYPE", "COMP-LONG-URL-OK", "COMP-DUPLICATE-CT",
                "COMP-TRACE-SENSITIVE", "COMP-RANGE-INVALID", "COMP-ACCEPT-NONSENSE",
                "COMP-POST-UNSUPPORTED-CT", "COOK-ECHO", "COOK-EMPTY", "COOK-MALFORMED",
                "COOK-MULTI-HEADER", "COOK-PARSED-BASIC", "COOK-PARSED-MULTI",
                "COOK-PARSED-EMPTY-VAL", "COOK-PARSED-SPECIAL", "MAL-EMPTY-REQUEST",
                "MAL-CL-TAB-BEFORE-VALUE", "MAL-URL-BACKSLASH", "MAL-URL-PERCENT-NULL",
                "MAL-URL-PERCENT-CRLF", "NORM-UNDERSCORE-CL", "NORM-UNDERSCORE-TE",
                "SMUG-CL-LEADING-ZEROS", "SMUG-CL-TRAILING-SPACE", "SMUG-CL-EXTRA-LEADING-SP",
                "SMUG-TRANSFER_ENCODING", "SMUG-EXPECT-100-CL", "SMUG-TRAILER-CL",
                "SMUG-TRAILER-TE", "SMUG-TRAILER-HOST", "SMUG-TRAILER-AUTH", "SMUG-HEAD-CL-BODY",
                "SMUG-OPTIONS-CL-BODY", "SMUG-CL-DOUBLE-ZERO", "SMUG-CL-LEADING-ZEROS-OCTAL",
                "SMUG-ABSOLUTE-URI-HOST-MISMATCH", "SMUG-TRAILER-CONTENT-TYPE",
            ]
        ),
        ("bareLineFeed", ["RFC9112-2.2-BARE-LF-REQUEST-LINE", "RFC9112-2.2-BARE-LF-HEADER"]),
        (
            "foldedField",
            [
                "RFC9112-5.1-OBS-FOLD", "COMP-WHITESPACE-BEFORE-HEADERS", "SMUG-TE-OBS-FOLD",
            ]
        ),
        (
            "spaceBeforeColon",
            [
                "RFC9110-5.6.2-SP-BEFORE-COLON", "NORM-SP-BEFORE-COLON-CL", "NORM-TAB-IN-NAME",
                "SMUG-TE-SP-BEFORE-COLON",
            ]
        ),
        (
            "invalidStartLine",
            [
                "RFC9112-3-MULTI-SP-REQUEST-LINE", "RFC9112-3-MISSING-TARGET",
                "RFC9112-2.3-HTTP09-REQUEST", "COMP-LEADING-CRLF", "COMP-REQUEST-LINE-TAB",
                "COMP-VERSION-WHITESPACE", "COMP-SPACE-IN-TARGET", "MAL-WHITESPACE-ONLY-LINE",
            ]
        ),
        ("missingHost", ["RFC9112-7.1-MISSING-HOST"]),
        (
            "unsupportedVersion",
            [
                "RFC9112-2.3-INVALID-VERSION", "COMP-HTTP12-VERSION", "MAL-H2-PREFACE",
            ]
        ),
        ("invalidFieldName", ["RFC9112-5-EMPTY-HEADER-NAME", "RFC9112-5-INVALID-HEADER-NAME"]),
        ("bareCarriageReturn", ["RFC9112-3-CR-ONLY-LINE-ENDING", "SMUG-BARE-CR-HEADER-VALUE"]),
        ("invalidTarget", ["RFC9112-3.2-FRAGMENT-IN-TARGET", "COMP-ASTERISK-WITH-GET"]),
        ("missingColon", ["RFC9112-5-HEADER-NO-COLON"]),
        ("severalHosts", ["RFC9110-5.4-DUPLICATE-HOST", "COMP-DUPLICATE-HOST-SAME"]),
        (
            "invalidContentLength",
            [
                "RFC9112-6.1-CL-NON-NUMERIC", "RFC9112-6.1-CL-PLUS-SIGN", "MAL-CL-OVERFLOW",
                "MAL-CL-EMPTY", "SMUG-CL-NEGATIVE", "SMUG-CL-COMMA-DIFFERENT", "SMUG-CL-OCTAL",
                "SMUG-CL-HEX-PREFIX", "SMUG-CL-INTERNAL-SPACE", "SMUG-CL-COMMA-SAME",
                "SMUG-CL-COMMA-TRIPLE", "SMUG-CL-UNDERSCORE", "SMUG-CL-NEGATIVE-ZERO",
            ]
        ),
        (
            "invalidHost",
            [
                "COMP-HOST-WITH-USERINFO", "COMP-HOST-WITH-PATH", "COMP-HOST-EMPTY-VALUE",
                "SMUG-MULTIPLE-HOST-COMMA",
            ]
        ),
        ("invalidTransferEncoding", ["COMP-UNKNOWN-TE-501", "SMUG-TE-NOT-FINAL-CHUNKED"]),
        (
            "incomplete",
            [
                "COMP-POST-CL-UNDERSEND", "COMP-CHUNKED-NO-FINAL", "MAL-INCOMPLETE-REQUEST",
            ]
        ),
        ("unsupportedExpectation", ["COMP-EXPECT-UNKNOWN"]),
        (
            "invalidVersion",
            [
                "COMP-VERSION-MISSING-MINOR", "COMP-VERSION-LEADING-ZEROS", "COMP-VERSION-CASE",
            ]
        ),
        ("headTooLarge", ["COOK-OVERSIZED", "MAL-LONG-HEADER-VALUE", "MAL-LONG-HEADER-NAME"]),
        (
            "controlCharacter",
            [
                "COOK-NUL", "COOK-CONTROL-CHARS", "MAL-NUL-IN-URL", "MAL-CONTROL-CHARS-HEADER",
                "MAL-NUL-IN-HEADER-VALUE",
            ]
        ),
        ("targetTooLong", ["MAL-LONG-URL", "MAL-LONG-METHOD"]),
        ("chunkTooLarge", ["MAL-CHUNK-SIZE-OVERFLOW"]),
        ("chunkLineTooLong", ["MAL-CHUNK-EXT-64K"]),
        ("contentTooLarge", ["MAL-POST-CL-HUGE-NO-BODY"]),
        (
            "lengthAndTransferEncoding",
            [
                "NORM-CASE-TE", "SMUG-CL-TE-BOTH", "SMUG-TE-XCHUNKED", "SMUG-TE-TRAILING-SPACE",
                "SMUG-CLTE-PIPELINE", "SMUG-TECL-PIPELINE", "SMUG-TE-DOUBLE-CHUNKED",
                "SMUG-TE-CASE-MISMATCH", "SMUG-TE-HTTP10", "SMUG-TE-EMPTY-VALUE",
                "SMUG-TE-LEADING-COMMA", "SMUG-TE-DUPLICATE-HEADERS", "SMUG-TE-IDENTITY",
                "SMUG-CHUNKED-WITH-PARAMS", "SMUG-TE-TRAILING-COMMA", "SMUG-TE-TAB-BEFORE-VALUE",
            ]
        ),
        ("severalContentLengths", ["SMUG-DUPLICATE-CL"]),
        ("invalidChunkExtension", ["SMUG-CHUNK-BARE-SEMICOLON", "SMUG-CHUNK-EXT-INVALID-TOKEN"]),
        (
            "invalidChunkSize",
            [
                "SMUG-CHUNK-UNDERSCORE", "SMUG-CHUNK-HEX-PREFIX", "SMUG-CHUNK-SIZE-PLUS",
                "SMUG-CHUNK-SIZE-TRAILING-OWS", "SMUG-CHUNK-LEADING-SP", "SMUG-CHUNK-NEGATIVE",
            ]
        ),
        (
            "invalidChunkEnd",
            [
                "SMUG-CHUNK-MISSING-TRAILING-CRLF", "SMUG-CHUNK-SPILL", "SMUG-CHUNK-LF-TERM",
            ]
        ),
        ("invalidTrailer", ["SMUG-CHUNK-LF-TRAILER"]),
    ]
}
