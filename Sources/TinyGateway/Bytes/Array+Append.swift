extension [UInt8] {
    /// Adds a copy of lent bytes.
    mutating func append(copying bytes: Span<UInt8>) {
        // One copy: byte by byte it was half of what a long request body cost.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
