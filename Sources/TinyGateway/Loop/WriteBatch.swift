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
    /// Index of the first slice: 1 until a prefix takes place 0.
    private(set) var first = 1
    private(set) var end = 1
    private(set) var byteCount = 0

    var isFull: Bool {
        end - 1 >= WriteBatch.capacity
    }

    var isEmpty: Bool {
        byteCount == 0
    }

    func reset() {
        first = 1
        end = 1
        byteCount = 0
        scratchUsed = 0
    }

    /// Adds bytes that stay in place until the batch was sent.
    func append(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        precondition(end < WriteBatch.room, "a write batch has no room for another slice")
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe slices[end] = uv_buf_t(
                base: UnsafeMutableRawPointer(mutating: source.baseAddress.unsafelyUnwrapped)
                    .assumingMemoryBound(to: CChar.self),
                len: source.count)
        }
        end += 1
        byteCount += bytes.count
    }

    /// Adds a copy of a few bytes.
    func appendCopy(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        precondition(end < WriteBatch.room, "a write batch has no room for another slice")
        unsafe slices[end] = keep(bytes)
        end += 1
        byteCount += bytes.count
    }

    /// Puts a copy of a few bytes in front of everything. Once for each batch.
    func prepend(_ bytes: Span<UInt8>) {
        precondition(first == 1, "a write batch has one prefix")
        unsafe slices[0] = keep(bytes)
        first = 0
        byteCount += bytes.count
    }

    private func keep(_ bytes: Span<UInt8>) -> uv_buf_t {
        precondition(
            scratchUsed + bytes.count <= WriteBatch.scratchBytes, "a write batch's scratch is full")
        let place = unsafe scratch + scratchUsed
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe place.update(from: source.baseAddress.unsafelyUnwrapped, count: source.count)
        }
        scratchUsed += bytes.count
        return unsafe uv_buf_t(
            base: UnsafeMutableRawPointer(place).assumingMemoryBound(to: CChar.self),
            len: bytes.count)
    }
}
