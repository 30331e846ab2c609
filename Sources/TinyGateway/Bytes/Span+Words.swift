extension Span<UInt8> {
    /// Eight bytes at once, the first one lowest. They must lie inside the span.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && count - offset >= 8, "word outside the span")
        return unsafe withUnsafeBytes {
            UInt64(
                littleEndian: unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// Two bytes at once, the first one lowest. They must lie inside the span.
    @inline(__always)
    func pair(at offset: Int) -> UInt16 {
        precondition(offset >= 0 && count - offset >= 2, "pair outside the span")
        return unsafe withUnsafeBytes {
            UInt16(
                littleEndian: unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        }
    }
}
