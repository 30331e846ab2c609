/// Writes the chunked coding around content that lies elsewhere: a size line, the content's own
/// bytes, `lineEnd`; once at the end `lastChunk`.
enum ChunkedEncoder {
    static let lineEnd: [UInt8] = [0x0D, 0x0A]
    /// `0 CRLF CRLF`: the last chunk and no trailers.
    static let lastChunk: [UInt8] = [0x30, 0x0D, 0x0A, 0x0D, 0x0A]

    /// The size line of one chunk, kept in place so that it costs no allocation.
    struct SizeLine: Sendable {
        /// Written from the end, since digits come lowest first; 16 digits and CRLF at most.
        private var storage = InlineArray<18, UInt8>(repeating: 0)
        private let start: Int

        /// - Parameter count: Not zero: that would be the last chunk.
        init(_ count: Int) {
            precondition(count > 0, "a chunk of content is not empty")
            var index = 17
            storage[17] = Syntax.lineFeed
            storage[16] = Syntax.carriageReturn
            index = 16
            var rest = UInt(count)
            while rest > 0 {
                index -= 1
                let digit = UInt8(rest & 15)
                storage[index] = digit < 10 ? 0x30 + digit : 0x61 - 10 + digit
                rest >>= 4
            }
            start = index
        }

        var count: Int { 18 - start }

        /// Lends the line's bytes.
        func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
            try body(storage.span.extracting(start..<18))
        }

        func append(to bytes: inout [UInt8]) {
            for index in start..<18 { bytes.append(storage[index]) }
        }
    }
}
