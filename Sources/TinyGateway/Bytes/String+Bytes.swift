extension String {
    /// The text of these bytes; what is not UTF-8 becomes U+FFFD.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The text of these bytes; `nil` when they are not UTF-8.
    init?(validating bytes: Span<UInt8>) {
        guard (try? UTF8Span(validating: bytes)) != nil else { return nil }
        self.init(copying: bytes)
    }
}
