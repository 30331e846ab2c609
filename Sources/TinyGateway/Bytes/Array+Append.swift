private import CUV

extension [UInt8] {
    /// Adds a copy of lent bytes.
    mutating func append(copying bytes: Span<UInt8>) {
        // In one piece: the library's own way goes byte by byte where it is built for size.
        append(addingCapacity: bytes.count) { added in
            unsafe added.withUnsafeMutableBufferPointer { room, count in
                unsafe bytes.withUnsafeBufferPointer { source in
                    guard let from = source.baseAddress, let to = room.baseAddress else { return }
                    unsafe memcpy(to + count, from, source.count)
                    count += source.count
                }
            }
        }
    }

    /// Adds the bytes of a text.
    mutating func append(text: String) {
        append(copying: text.utf8.span)
    }
}
