import CUV

/// The slices that one gathered write sends, in order.
///
/// Slices are lent: the bytes they point at have to stay where they are until `ByteStream.send` has
/// returned, so a batch is filled and sent within one callback. The stream copies what the socket
/// did not take. Short pieces are copied into the batch's own scratch bytes. The batch frames
/// chunks itself (RFC 9112 7.1): this runs once for each event, and every layer it would pass
/// through costs as much as it.
@safe
final class WriteBatch {
    /// Slices that a caller may add before it has to send; the framing around them has room
    /// besides.
    static let capacity = 240
    private static let room = 256
    private static let scratchBytes = 512
    /// 16 hexadecimal digits and CRLF. The size lines of a batch lie behind the scratch bytes.
    private static let sizeLineBytes = 18
    private static let sizeLinesMax = 16

    let slices = UnsafeMutablePointer<uv_buf_t>.allocate(capacity: WriteBatch.room)
    private let scratch = UnsafeMutablePointer<UInt8>.allocate(
        capacity: WriteBatch.scratchBytes + WriteBatch.sizeLinesMax * WriteBatch.sizeLineBytes)
    /// The end of a chunk's line and behind it the last chunk: `CRLF 0 CRLF CRLF`.
    private let chunkEnd = UnsafeMutablePointer<UInt8>.allocate(capacity: 7)
    private var chunk = 0
    private var chunkStart = 0
    private var sizeLinesUsed = 0
    private var scratchUsed = 0
    private(set) var count = 0
    private(set) var byteCount = 0
    /// Arrays that slices point into: they live until the next batch begins.
    private var kept: [[UInt8]] = []

    init() {
        for (index, byte) in "\r\n0\r\n\r\n".utf8.enumerated() { unsafe chunkEnd[index] = byte }
    }

    /// Whether the next slice should go into another batch.
    var isFull: Bool {
        count >= WriteBatch.capacity || sizeLinesUsed >= WriteBatch.sizeLinesMax - 1
    }

    var isEmpty: Bool {
        byteCount == 0
    }

    func reset() {
        count = 0
        byteCount = 0
        scratchUsed = 0
        sizeLinesUsed = 0
        if !kept.isEmpty { kept.removeAll(keepingCapacity: true) }
    }

    /// Holds these bytes and nothing else. They stay in place until the batch was sent.
    @inline(__always)
    func hold(_ bytes: Span<UInt8>) {
        if !kept.isEmpty { reset() }
        scratchUsed = 0
        count = 1
        unsafe bytes.withUnsafeBufferPointer { source in
            let base = unsafe source.baseAddress.unsafelyUnwrapped
            unsafe slices[0] = uv_buf_t(
                base: UnsafeMutableRawPointer(mutating: base)
                    .assumingMemoryBound(to: CChar.self), len: source.count)
            byteCount = source.count
        }
    }

    /// Adds bytes that stay in place until the batch was sent.
    func append(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        unsafe bytes.withUnsafeBufferPointer { source in
            let base = unsafe UnsafeMutablePointer(mutating: source.baseAddress.unsafelyUnwrapped)
            unsafe put(base, source.count, at: reserve())
        }
    }

    /// Adds an array, which is kept until the next batch begins. - Parameter dropLast: bytes left
    /// out.
    func append(_ bytes: [UInt8], dropLast: Int = 0) {
        kept.append(bytes)
        append(bytes.span.extracting(0..<bytes.count - dropLast))
    }

    /// Adds a copy of a few bytes.
    func appendCopy(_ bytes: Span<UInt8>) {
        precondition(
            scratchUsed + bytes.count <= WriteBatch.scratchBytes, "a write batch's scratch is full")
        guard !bytes.isEmpty else { return }
        let copy = unsafe scratch + scratchUsed
        unsafe bytes.withUnsafeBufferPointer { source in
            _ = unsafe memcpy(copy, source.baseAddress.unsafelyUnwrapped, source.count)
        }
        scratchUsed += bytes.count
        unsafe put(copy, bytes.count, at: reserve())
    }

    /// What the slices hold, but for the first `sent` bytes.
    func copy(skipping sent: Int) -> [UInt8] {
        var rest: [UInt8] = []
        rest.reserveCapacity(byteCount - sent)
        var skip = sent
        for index in 0..<count {
            let slice = unsafe slices[index]
            let dropped = unsafe min(skip, slice.len)
            skip -= dropped
            guard unsafe slice.len > dropped else { continue }
            let start = unsafe UnsafeRawPointer(slice.base + dropped)
                .assumingMemoryBound(to: UInt8.self)
            unsafe rest.append(copying: Span(_unsafeStart: start, count: slice.len - dropped))
        }
        return rest
    }

    /// What follows is one chunk, up to `endChunk`.
    func beginChunk() {
        chunk = reserve()
        // An empty slice until the size is known, and for ever where no content comes: the kernel
        // wants an address even of that.
        unsafe put(chunkEnd, 0, at: chunk)
        chunkStart = byteCount
    }

    /// Puts the size line before what was added since `beginChunk`, and its line end behind it.
    /// Without content there is no chunk: an empty one would end the message.
    func endChunk(isLast: Bool) {
        let size = byteCount - chunkStart
        if size > 0 {
            // Digits come lowest first, so the line is written from its end.
            precondition(
                sizeLinesUsed < WriteBatch.sizeLinesMax, "a write batch has too many chunks")
            sizeLinesUsed += 1
            let end =
                unsafe scratch + WriteBatch.scratchBytes
                + sizeLinesUsed * WriteBatch.sizeLineBytes
            var line = unsafe end
            unsafe line -= 2
            unsafe line[0] = 0x0D
            unsafe line[1] = 0x0A
            var rest = UInt(bitPattern: size)
            repeat {
                let digit = UInt8(truncatingIfNeeded: rest & 15)
                unsafe line -= 1
                unsafe line[0] = digit < 10 ? 0x30 + digit : 0x57 + digit
                rest >>= 4
            } while rest > 0
            unsafe put(line, end - line, at: chunk)
            unsafe put(chunkEnd, isLast ? 7 : 2, at: reserve())
        } else if isLast {
            unsafe put(chunkEnd + 2, 5, at: reserve())
        }
    }

    @inline(__always)
    private func reserve() -> Int {
        precondition(count < WriteBatch.room, "a write batch has no room for another slice")
        count &+= 1
        return count &- 1
    }

    @inline(__always)
    private func put(_ base: UnsafeMutablePointer<UInt8>, _ length: Int, at index: Int) {
        unsafe slices[index] = uv_buf_t(
            base: UnsafeMutableRawPointer(base).assumingMemoryBound(to: CChar.self), len: length)
        byteCount &+= length
    }
}
