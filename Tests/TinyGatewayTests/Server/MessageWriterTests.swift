import Testing

@testable import TinyGateway

@Suite("Server: framing of a message") struct MessageWriterTests {
    static let head = "HTTP/1.1 200 OK\r\n\r\n"

    /// Writes the pieces one batch each and gives what each batch sends.
    static func write(
        _ pieces: [[String]], head: String = head, isChunked: Bool, endsWithLast: Bool = true
    ) -> [String] {
        var writer = MessageWriter(head: [UInt8](head.utf8), isChunked: isChunked)
        let batch = WriteBatch()
        var sent: [String] = []
        for (index, slices) in pieces.enumerated() {
            writer.open(batch)
            for slice in slices { batch.append([UInt8](slice.utf8)) }
            writer.close(batch, isLast: endsWithLast && index == pieces.count - 1)
            sent.append(batch.text)
            #expect(batch.byteCount == batch.bytes.count)
            writer.headSent()
        }
        return sent
    }

    @Test func headAndFirstContentLeaveTogether() {
        #expect(
            Self.write([["ab", "cde"], ["f"]], isChunked: true, endsWithLast: false)
                == [Self.head + "5\r\nabcde\r\n", "1\r\nf\r\n"])
        #expect(
            Self.write([["ab", "cde"], ["f"]], isChunked: false) == [Self.head + "abcde", "f"])
    }

    @Test func theLastChunkFollowsTheContentOrStandsAlone() {
        #expect(
            Self.write([["ab"], ["c"]], isChunked: true)
                == [Self.head + "2\r\nab\r\n", "1\r\nc\r\n0\r\n\r\n"])
        #expect(
            Self.write([["ab"], []], isChunked: true) == [Self.head + "2\r\nab\r\n", "0\r\n\r\n"])
        #expect(Self.write([[]], isChunked: true) == [Self.head + "0\r\n\r\n"])
    }

    @Test func aBatchWithoutContentHasNoChunk() {
        // An empty chunk would end the message.
        #expect(
            Self.write([[], ["a"]], isChunked: true, endsWithLast: false) == [
                Self.head, "1\r\na\r\n",
            ])
        #expect(Self.write([[]], isChunked: false) == [Self.head])
    }

    @Test func aChunkSizeIsHexadecimal() {
        let content = String(repeating: "x", count: 65_536)
        let sent = Self.write([[content]], head: "", isChunked: true, endsWithLast: false)
        #expect(sent == ["10000\r\n" + content + "\r\n"])
    }

    @Test func theFramingHasRoomAroundAFullBatch() {
        let writer = MessageWriter(head: [UInt8](Self.head.utf8), isChunked: true)
        let batch = WriteBatch()
        writer.open(batch)
        var count = 0
        while !batch.isFull {
            batch.append([0x78])
            count += 1
        }
        writer.close(batch, isLast: true)
        let content = String(repeating: "x", count: count)
        let size = String(count, radix: 16)
        #expect(batch.text == Self.head + "\(size)\r\n\(content)\r\n0\r\n\r\n")
    }

    @Test func chunksOfSomebodyElseStandBetweenOurs() throws {
        let writer = MessageWriter(head: [UInt8](Self.head.utf8), isChunked: true)
        let batch = WriteBatch()
        let chunks = [UInt8]("2\r\nab\r\n01\r\nc\r\n".utf8)
        writer.open(batch)
        writer.add(chunks: chunks.span, to: batch)
        writer.add(chunks: chunks.span, to: batch)
        batch.append([0x78])
        writer.add(chunks: chunks.span, to: batch)
        batch.append([0x79, 0x7A])
        writer.close(batch, isLast: false)
        let text = "2\r\nab\r\n01\r\nc\r\n"
        #expect(batch.text == Self.head + text + text + "1\r\nx\r\n" + text + "2\r\nyz\r\n")
        #expect(batch.byteCount == batch.bytes.count)
    }

    @Test func aBatchHasRoomForTheChunkThatFillsIt() throws {
        let writer = MessageWriter(head: [], isChunked: true)
        let batch = WriteBatch()
        let chunk = [UInt8]("1\r\nb\r\n".utf8)
        for _ in 0..<2 {
            writer.open(batch)
            var count = 0
            while !batch.isFull {
                batch.append([0x61])
                writer.add(chunks: chunk.span, to: batch)
                count += 1
            }
            batch.append([0x63])
            writer.close(batch, isLast: true)
            let pairs = String(repeating: "1\r\na\r\n1\r\nb\r\n", count: count)
            #expect(count > 8)
            #expect(batch.text == pairs + "1\r\nc\r\n0\r\n\r\n")
        }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let pieces = [["data: 1\n", "\n"], ["data: 2\n\n"], []]
        let sent = Self.write(pieces, head: "", isChunked: true).joined()
        let read = try ContentReaderTests.read(.chunked, [[UInt8](sent.utf8)])
        #expect(read.content == "data: 1\n\ndata: 2\n\n")
        #expect(read.reader.isComplete)
        #expect(read.rest == "")
    }
}
