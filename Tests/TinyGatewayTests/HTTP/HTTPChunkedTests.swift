import Testing

@testable import TinyGateway

@Suite("HTTP: chunked coding") struct HTTPChunkedTests {
    /// Content, or the error; and how many bytes were left behind the message.
    static func decode(_ pieces: [[UInt8]], contentBytesMax: Int = .max) -> String {
        var decoder = ChunkedDecoder(contentBytesMax: contentBytesMax, trailerFieldsMax: 3)
        var content: [UInt8] = []
        for (number, piece) in pieces.enumerated() {
            var index = 0
            reading: while true {
                do throws(HTTPError) {
                    switch try decoder.next(piece.span, from: index) {
                    case .content(let range):
                        content += piece[range]
                        index = range.upperBound
                    case .needMore: break reading
                    case .end(let end):
                        let rest = piece.count - end + pieces[(number + 1)...].joined().count
                        return String(decoding: content, as: UTF8.self) + " +\(rest)"
                    }
                } catch {
                    return "\(error)"
                }
            }
        }
        return String(decoding: content, as: UTF8.self) + " ..."
    }

    static let cases: [(name: String, bytes: String, outcome: String)] = [
        ("nothing", "0\r\n\r\n", " +0"),
        ("one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello +0"),
        ("two chunks and the next request", "2\r\nab\r\n1\r\nc\r\n0\r\n\r\nGET", "abc +3"),
        (
            "hexadecimal in both cases", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "01234567890123456789 +0"
        ),
        ("leading zeros", "0000003\r\nabc\r\n000\r\n\r\n", "abc +0"),
        ("CRLF as content", "2\r\n\r\n\r\n0\r\n\r\n", "\r\n +0"),
        ("extensions", "1;a;b=c;d=\"e\\\"\t;\"\r\nx\r\n0;z\r\n\r\n", "x +0"),
        ("trailers are dropped", "1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n!", "x +1"),
        ("unfinished", "5\r\nhel", "hel ..."),
        ("the last line is missing", "1\r\nx\r\n0\r\n", "x ..."),
        ("the largest size", "fffffffffffffff\r\nx", "x ..."),
        ("16 digits", "1000000000000000\r\n", "chunkTooLarge"),
        ("many zeros", "0000000000000001\r\n", "chunkTooLarge"),
        ("a wrapping size", "FFFFFFFFFFFFFFFFF\r\n", "chunkTooLarge"),
        ("no size", "\r\n", "invalidChunkSize"),
        ("no digit", "g\r\n", "invalidChunkSize"),
        ("0x", "0x5\r\n", "invalidChunkSize"),
        ("a sign", "-1\r\n", "invalidChunkSize"),
        ("white space before the size", " 5\r\n", "invalidChunkSize"),
        ("white space after the size", "5 \r\n", "invalidChunkSize"),
        ("white space before the extension", "5 ;a\r\n", "invalidChunkSize"),
        ("bare LF after the size", "5\n", "invalidChunkSize"),
        ("bare CR after the size", "5\rx", "invalidChunkSize"),
        ("an empty extension", "5;\r\n", "invalidChunkExtension"),
        ("an extension without value", "5;a=\r\n", "invalidChunkExtension"),
        ("bare LF in an extension", "5;a\n", "invalidChunkExtension"),
        ("bare LF in a quoted extension", "5;a=\"\n", "invalidChunkExtension"),
        ("text after a quoted extension", "5;a=\"b\"c\r\n", "invalidChunkExtension"),
        ("an extension that is no token", "5;a[=b\r\n", "invalidChunkExtension"),
        (
            "a long extension", "5;" + String(repeating: "a", count: 4096) + "\r\n",
            "chunkLineTooLong"
        ),
        ("a chunk that is longer than it says", "2\r\nabc\r\n", "invalidChunkEnd"),
        ("bare LF after a chunk", "1\r\na\n", "invalidChunkEnd"),
        ("bare CR after a chunk", "1\r\na\r0", "invalidChunkEnd"),
        ("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", "invalidTrailer"),
        ("a trailer without colon", "0\r\nA\r\n", "invalidTrailer"),
        ("white space before its colon", "0\r\nA : b\r\n", "invalidTrailer"),
        ("NUL in a trailer", "0\r\nA: \0", "invalidTrailer"),
        ("bare LF at the end", "0\r\n\n", "invalidTrailer"),
        ("four trailers", "0\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", "trailerTooLarge"),
        ("a long trailer", "0\r\nA: " + String(repeating: "b", count: 8192), "trailerTooLarge"),
    ]

    @Test(arguments: cases.indices) func chunksAreTakenOffHoweverTheyAreCut(_ index: Int) {
        let (name, text, outcome) = Self.cases[index]
        let bytes = latin(text)
        #expect(Self.decode([bytes]) == outcome, "\(name)")
        #expect(Self.decode(bytes.map { [$0] }) == outcome, "\(name)")
        for cut in bytes.indices where bytes.count < 100 {
            let pieces = [[UInt8](bytes[..<cut]), [UInt8](bytes[cut...])]
            #expect(Self.decode(pieces) == outcome, "\(name), cut at \(cut)")
        }
    }

    @Test func theBoundCountsAllChunks() {
        let bytes = latin("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
        #expect(Self.decode([bytes], contentBytesMax: 6) == "abcdef +0")
        #expect(Self.decode([bytes], contentBytesMax: 5) == "contentTooLarge")
    }

    @Test func theBoundIsJudgedByTheSizeLineAlone() throws {
        var decoder = ChunkedDecoder(contentBytesMax: (1 << 60) - 1)
        #expect(try decoder.next(latin("fffffffffffffff\r\n").span, from: 0) == .needMore)
        #expect(decoder.contentBytesAnnounced == (1 << 60) - 1)
        #expect(Self.decode([latin("7\r\n")], contentBytesMax: 6) == "contentTooLarge")
    }

    @Test func extensionsOfManySmallChunksAreBoundedTogether() {
        let chunk = "1;" + String(repeating: "a", count: 4000) + "\r\nx\r\n"
        #expect(Self.decode([latin(String(repeating: chunk, count: 4))]) == "xxxx ...")
        #expect(Self.decode([latin(String(repeating: chunk, count: 5))]) == "chunkLineTooLong")
    }

    @Test func stateIsVisibleBetweenChunks() throws {
        var decoder = ChunkedDecoder()
        #expect(decoder.isBetweenChunks)
        #expect(try decoder.next(latin("1\r\n").span, from: 0) == .needMore)
        #expect(!decoder.isBetweenChunks)
        #expect(try decoder.next(latin("x").span, from: 0) == .content(0..<1))
        #expect(try decoder.next(latin("\r\n").span, from: 0) == .needMore)
        #expect(decoder.isBetweenChunks)
        #expect(try decoder.next(latin("0\r\n\r\n").span, from: 0) == .end(5))
        #expect(decoder.isDone)
    }

    @Test func contentThatIsGivenBackComesAgain() throws {
        let bytes = latin("4\r\nabcd\r\n0\r\n\r\n")
        var decoder = ChunkedDecoder()
        #expect(try decoder.next(bytes.span, from: 0) == .content(3..<7))
        decoder.giveBack(1)
        #expect(try decoder.next(bytes.span, from: 6) == .content(6..<7))
        #expect(try decoder.next(bytes.span, from: 7) == .end(bytes.count))
    }
}
