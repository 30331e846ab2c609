import CMbedTLS

/// Bytes that must not stay behind in memory: keys, and tokens once opened. Zeroed when the last
/// holder lets go.
@safe
final class SecretBytes: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<UInt8>

    /// Takes a copy; the caller's bytes stay the caller's to forget.
    init(_ bytes: Span<UInt8>) {
        unsafe storage = .allocate(capacity: bytes.count)
        for index in bytes.indices { unsafe storage.initializeElement(at: index, to: bytes[index]) }
    }

    /// Takes the bytes and leaves zeros and then nothing in the array, which must be its only
    /// holder.
    convenience init(taking bytes: inout [UInt8]) {
        self.init(bytes.span)
        SecretBytes.wipe(&bytes)
    }

    deinit {
        unsafe cm_zeroize(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    var count: Int { unsafe storage.count }

    /// Lends the bytes for the length of the call.
    func withSpan<Value, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(storage))
        return try body(span)
    }

    /// The same for C. Inside Crypto and TLS only.
    @unsafe
    func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        unsafe body(UnsafeRawBufferPointer(storage))
    }

    /// Zeros, then empties.
    static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe cm_zeroize($0.baseAddress, $0.count) }
        bytes.removeAll()
    }
}
