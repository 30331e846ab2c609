import CMbedTLS

/// SHA-512 (FIPS 180-4), fed in pieces. After `finish` it is ready for the next message, so one
/// object serves a whole file of lines without an allocation for each.
@safe
final class SHA512 {
    static let digestBytes = 64

    private let context: UnsafeMutablePointer<mbedtls_sha512_context>

    init() {
        unsafe context = .allocate(capacity: 1)
        unsafe cm_sha512_init(context)
        start()
    }

    deinit {
        unsafe cm_sha512_free(context)
        unsafe context.deallocate()
    }

    func update(_ bytes: Span<UInt8>) {
        let status = unsafe bytes.withUnsafeBufferPointer {
            unsafe cm_sha512_update(context, $0.baseAddress, $0.count)
        }
        precondition(status == 0, "SHA-512 in software does not fail")
    }

    func update(_ bytes: [UInt8]) {
        update(bytes.span)
    }

    /// The 64 bytes of the digest.
    func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.digestBytes) { digest, count in
            unsafe finish(into: UnsafeMutableRawPointer(digest.baseAddress.unsafelyUnwrapped))
            count = Self.digestBytes
        }
    }

    static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
        let hash = SHA512()
        hash.update(bytes)
        return hash.finish()
    }

    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        hash(bytes.span)
    }

    private func start() {
        let status = unsafe cm_sha512_start(context)
        precondition(status == 0, "SHA-512 in software does not fail")
    }

    @unsafe
    private func finish(into digest: UnsafeMutableRawPointer) {
        let status = unsafe cm_sha512_finish(context, digest)
        precondition(status == 0, "SHA-512 in software does not fail")
        start()
    }
}
