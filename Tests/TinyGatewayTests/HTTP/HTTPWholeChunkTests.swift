import Testing

@testable import TinyGateway

@Suite("HTTP: chunks that are taken whole") struct HTTPWholeChunkTests {
    static let wholeChunks: [(name: String, bytes: String, content: Range<Int>?)] = [
        ("one byte", "1\r\nx\r\n", 3..<4),
        ("two digits", "0a\r\n0123456789\r\n", 4..<14),
        ("a capital digit", "A\r\n0123456789\r\n", 3..<13),
        ("seven digits", "0000002\r\n\r\n\r\n", 9..<11),
        ("eight digits", "00000002\r\nab\r\n", 10..<12),
        ("more than eight digits", "000000002\r\nab\r\n", nil),
        ("nothing", "", nil),
        ("a size alone", "1\r\n", nil),
        ("a cut size", "1", nil),
        ("a cut line end", "1\r", nil),
        ("content without its line end", "1\r\nx", nil),
        ("content with half a line end", "1\r\nx\r", nil),
        ("another line end", "1\r\nx\n\r", nil),
        ("LF after the size", "1\nxx\r\n", nil),
        ("too little content", "2\r\nx\r\n", nil),
        ("too much content", "1\r\nxy\r\n", nil),
        ("a second chunk", "1\r\nx\r\n1\r\nx\r\n", 3..<4),
        ("the last chunk behind it", "1\r\nx\r\n0\r\n\r\n", 3..<4),
        ("the last chunk", "0\r\n\r\n", nil),
        ("an extension", "1;a\r\nx\r\n", nil),
        ("no digit", "\r\nx\r\n", nil),
        ("more than may come", "c\r\n012345678901\r\n", nil),
    ]

    @Test(arguments: wholeChunks)
    func wholeChunk(name: String, bytes: String, content: Range<Int>?) {
        let bytes = Array(bytes.utf8)
        let found = ChunkedDecoder(contentBytesMax: 11).wholeChunk(bytes.span, from: 0)
        #expect(found == content, "\(name)")
    }

    @Test func wholeChunksCountAndOnlyBeginBetweenChunks() throws {
        var decoder = ChunkedDecoder(contentBytesMax: 5)
        let chunk = Array("2\r\nab\r\n".utf8)
        for _ in 0..<2 {
            let content = decoder.wholeChunk(chunk.span, from: 0)
            #expect(content == 3..<5)
            decoder.take(wholeChunk: 3..<5)
        }
        #expect(decoder.contentBytesAnnounced == 4 && decoder.isBetweenChunks)
        let third = decoder.wholeChunk(chunk.span, from: 0)
        #expect(third == nil)
        for cut in 1..<chunk.count {
            var decoder = ChunkedDecoder()
            let start = Array(chunk[..<cut])
            if case .content(let range) = try decoder.next(start.span, from: 0),
                range.upperBound < cut
            {
                _ = try decoder.next(start.span, from: range.upperBound)
            }
            let content = decoder.wholeChunk(chunk.span, from: 0)
            #expect(content == nil, "after \(cut) bytes of another")
        }
    }

    /// A stream of chunks as senders write them, and as only some do.
    private static func stream(
        _ random: inout SeededGenerator
    ) -> (bytes: [UInt8], content: [UInt8]) {
        var bytes: [UInt8] = []
        var content: [UInt8] = []
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                Array("a\r\n0;".utf8).randomElement(using: &random)!
            }
            var size = String(text.count, radix: 16, uppercase: Bool.random(using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: size += ";a=b"
            case 1: size = String(repeating: "0", count: 8) + size
            default: break
            }
            bytes += Array("\(size)\r\n".utf8) + text + Array("\r\n".utf8)
            content += text
        }
        return (bytes + Array("0\r\n\r\n".utf8), content)
    }

    /// What a relay does: chunks that lie here whole go on as they are, others as content. Not all
    /// that could go on whole does.
    private static func relay(
        _ piece: [UInt8], _ reader: inout ContentReader, _ random: inout SeededGenerator,
        _ content: inout [UInt8]
    ) throws {
        var at = 0
        while at < piece.count {
            at = reader.takeChunkEnd(piece.span, from: at)
            while let whole = reader.wholeChunk(piece.span, from: at),
                Int.random(in: 0..<4, using: &random) > 0
            {
                reader.take(wholeChunk: whole)
                content += piece[whole]
                #expect(piece[whole.upperBound..<whole.upperBound + 2] == [0x0D, 0x0A])
                at = whole.upperBound + 2
            }
            guard at < piece.count else { return }
            switch try reader.next(piece.span, from: at) {
            case .content(let range):
                content += piece[range]
                at = range.upperBound
            case .needMore: return
            case .end: return
            }
        }
    }

    @Test(arguments: 0..<300) func wholeChunksAndOthersAddUpHoweverTheyAreCut(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let (bytes, expected) = Self.stream(&random)
        var reader = ContentReader(.chunked)
        var content: [UInt8] = []
        var start = 0
        let most = [3, 30, 1000].randomElement(using: &random)!
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...most, using: &random))
            try Self.relay([UInt8](bytes[start..<end]), &reader, &random, &content)
            start = end
        }
        #expect(content == expected)
        #expect(reader.isComplete)
    }
}
