import CMbedTLS

/// SHA-256 (FIPS 180-4), fed in pieces. After `finish` it is ready for the next message.
@safe
final class SHA256 {
    private let context: UnsafeMutablePointer<mbedtls_sha256_context>

    init() {
        unsafe context = .allocate(capacity: 1)
        unsafe cm_sha256_init(context)
        start()
    }

    deinit {
        unsafe cm_sha256_free(context)
        unsafe context.deallocate()
    }

    func update(_ bytes: Span<UInt8>) {
        let status = unsafe bytes.withUnsafeBufferPointer {
            unsafe cm_sha256_update(context, $0.baseAddress, $0.count)
        }
        precondition(status == 0, "SHA-256 in software does not fail")
    }

    func finish() -> Digest32 {
        let digest = unsafe [UInt8](unsafeUninitializedCapacity: Digest32.byteCount) {
            digest, count in
            let status = unsafe cm_sha256_finish(context, digest.baseAddress)
            precondition(status == 0, "SHA-256 in software does not fail")
            count = Digest32.byteCount
        }
        start()
        return Digest32(checked: digest.span)
    }

    static func digest(of bytes: Span<UInt8>) -> Digest32 {
        let hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    static func digest(of bytes: [UInt8]) -> Digest32 {
        digest(of: bytes.span)
    }

    private func start() {
        let status = unsafe cm_sha256_start(context)
        precondition(status == 0, "SHA-256 in software does not fail")
    }
}
