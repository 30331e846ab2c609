import Testing

@testable import TinyGateway

@Suite("Server: content of a message") struct ContentReaderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let framing: BodyFraming
        let bytes: String
        let content: String
        let isComplete: Bool
        /// Bytes behind the message.
        let rest: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "no content", framing: .none, bytes: "GET /", content: "", isComplete: true,
            rest: "GET /"),
        Case(
            name: "length 0", framing: .length(0), bytes: "x", content: "", isComplete: true,
            rest: "x"),
        Case(
            name: "a length", framing: .length(5), bytes: "hello", content: "hello",
            isComplete: true, rest: ""),
        Case(
            name: "a length and what follows", framing: .length(5), bytes: "helloGET",
            content: "hello",
            isComplete: true, rest: "GET"),
        Case(
            name: "a length cut short", framing: .length(9), bytes: "hello", content: "hello",
            isComplete: false, rest: ""),
        Case(
            name: "chunks", framing: .chunked, bytes: "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
            content: "hello world", isComplete: true, rest: ""),
        Case(
            name: "chunks with a trailer and what follows", framing: .chunked,
            bytes: "1\r\na\r\n0\r\nx: y\r\n\r\nGET", content: "a", isComplete: true, rest: "GET"),
        Case(
            name: "chunks cut short", framing: .chunked, bytes: "5\r\nhel", content: "hel",
            isComplete: false, rest: ""),
        Case(
            name: "until the connection ends", framing: .untilClose, bytes: "all of it",
            content: "all of it", isComplete: false, rest: ""),
    ]

    /// Reads pieces; of each range at most `takenMax` bytes are taken, the others are given back.
    static func read(
        _ framing: BodyFraming, _ pieces: [[UInt8]], takenMax: Int = .max
    ) throws -> (content: String, reader: ContentReader, rest: String) {
        var reader = ContentReader(framing)
        var content: [UInt8] = []
        var rest: [UInt8] = []
        for piece in pieces {
            var position = 0
            reading: while position < piece.count {
                guard !reader.isComplete else {
                    rest += piece[position...]
                    break
                }
                switch try reader.next(piece.span, from: position) {
                case .content(let range):
                    let taken = min(takenMax, range.count)
                    reader.giveBack(range.count - taken)
                    content += piece[range.prefix(taken)]
                    position = range.lowerBound + taken
                case .needMore: break reading
                case .end(let end): position = end
                }
            }
        }
        return (
            String(decoding: content, as: UTF8.self), reader, String(decoding: rest, as: UTF8.self)
        )
    }

    static func verify(
        _ one: Case, _ pieces: [[UInt8]], takenMax: Int = .max, _ how: String
    ) throws {
        let got = try read(one.framing, pieces, takenMax: takenMax)
        #expect(got.content == one.content, "\(how)")
        #expect(got.reader.isComplete == one.isComplete, "\(how)")
        #expect(got.rest == one.rest, "\(how)")
    }

    @Test(arguments: cases) func everySplitGivesTheSame(_ one: Case) throws {
        let bytes = [UInt8](one.bytes.utf8)
        for cut in 0...bytes.count {
            let pieces = [[UInt8](bytes[..<cut]), [UInt8](bytes[cut...])]
            try Self.verify(one, pieces, "cut at \(cut)")
        }
        try Self.verify(one, bytes.map { [$0] }, "byte by byte")
    }

    @Test(arguments: cases, [1, 2, 3]) func whatIsGivenBackComesAgain(
        _ one: Case, _ takenMax: Int
    ) throws {
        try Self.verify(one, [[UInt8](one.bytes.utf8)], takenMax: takenMax, "\(takenMax) at once")
    }

    @Test func givingNothingBackChangesNothing() throws {
        var reader = ContentReader(.length(0))
        reader.giveBack(0)
        #expect(reader.isComplete)
    }

    @Test func onlyUnframedContentEndsWithTheConnection() {
        let framings: [BodyFraming] = [.none, .length(0), .length(3), .chunked, .untilClose]
        #expect(
            framings.map { ContentReader($0).endsWithConnection }
                == [false, false, false, false, true])
    }

    /// What reading it whole ends with.
    static func fault(_ bytes: [UInt8], contentBytesMax: Int) -> HTTPError? {
        var reader = ContentReader(.chunked, contentBytesMax: contentBytesMax)
        var position = 0
        do throws(HTTPError) {
            while position < bytes.count, !reader.isComplete {
                switch try reader.next(bytes.span, from: position) {
                case .content(let range): position = range.upperBound
                case .needMore: position = bytes.count
                case .end(let end): position = end
                }
            }
            return nil
        } catch let fault {
            return fault
        }
    }

    @Test func chunksHaveABoundInSum() {
        let bytes = [UInt8]("3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
        #expect(Self.fault(bytes, contentBytesMax: 6) == nil)
        #expect(Self.fault(bytes, contentBytesMax: 5) == .contentTooLarge)
    }
}
