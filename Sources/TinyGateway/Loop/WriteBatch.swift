import CUV

/// The slices that one gathered write sends, in order.
///
/// Slices are lent: the bytes they point at have to stay where they are until `ByteStream.send` has
/// returned, so a batch is filled and sent within one callback. The stream copies what the socket did not
/// take. Short pieces of framing are copied into the batch's own scratch bytes.
@safe
final class WriteBatch {
    /// Slices that a caller may add before it has to send; the framing around them has room besides.
    static let capacity = 240
    private static let room = 256
    private static let scratchBytes = 512

    let slices = UnsafeMutablePointer<uv_buf_t>.allocate(capacity: WriteBatch.room)
    private let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: WriteBatch.scratchBytes)
    private var scratchUsed = 0
    private(set) var count = 0
    private(set) var byteCount = 0
    /// Arrays that slices point into: they live until the next batch begins.
    private var kept: [[UInt8]] = []

    /// Whether the next slice should go into another batch.
    var isFull: Bool {
        count >= WriteBatch.capacity
    }

    var isEmpty: Bool {
        byteCount == 0
    }

    func reset() {
        count = 0
        byteCount = 0
        scratchUsed = 0
        if !kept.isEmpty { kept.removeAll(keepingCapacity: true) }
    }

    /// Adds bytes that stay in place until the batch was sent.
    func append(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe place(
                uv_buf_t(
                    base: UnsafeMutableRawPointer(mutating: source.baseAddress.unsafelyUnwrapped)
                        .assumingMemoryBound(to: CChar.self),
                    len: source.count), at: reserve())
        }
    }

    /// Adds an array, which is kept until the next batch begins. - Parameter dropLast: bytes left out.
    func append(_ bytes: [UInt8], dropLast: Int = 0) {
        kept.append(bytes)
        append(bytes.span.extracting(0..<bytes.count - dropLast))
    }

    /// Adds a copy of a few bytes.
    func appendCopy(_ bytes: Span<UInt8>) {
        fill(reserve(), bytes)
    }

    /// Keeps a place for a few bytes that are known only after what follows them (a chunk's size line).
    func reserve() -> Int {
        precondition(count < WriteBatch.room, "a write batch has no room for another slice")
        unsafe slices[count] = uv_buf_t(base: nil, len: 0)
        count += 1
        return count - 1
    }

    /// Puts a copy of a few bytes into a reserved place.
    func fill(_ index: Int, _ bytes: Span<UInt8>) {
        precondition(
            scratchUsed + bytes.count <= WriteBatch.scratchBytes, "a write batch's scratch is full")
        guard !bytes.isEmpty else { return }
        let copy = unsafe scratch + scratchUsed
        unsafe bytes.withUnsafeBufferPointer { source in
            _ = unsafe memcpy(copy, source.baseAddress.unsafelyUnwrapped, source.count)
        }
        scratchUsed += bytes.count
        unsafe place(
            uv_buf_t(
                base: UnsafeMutableRawPointer(copy).assumingMemoryBound(to: CChar.self),
                len: bytes.count), at: index)
    }

    private func place(_ slice: uv_buf_t, at index: Int) {
        unsafe slices[index] = slice
        unsafe byteCount += slice.len
    }
}
