import CMbedTLS

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1).
enum HMAC {
    static func sha256(key: Span<UInt8>, _ bytes: Span<UInt8>) -> Digest32 {
        let code = unsafe [UInt8](unsafeUninitializedCapacity: Digest32.byteCount) { code, count in
            let status = unsafe key.withUnsafeBufferPointer { key in
                unsafe bytes.withUnsafeBufferPointer { bytes in
                    unsafe cm_hmac_sha256(
                        key.baseAddress, key.count, bytes.baseAddress, bytes.count, code.baseAddress
                    )
                }
            }
            precondition(status == 0, "HMAC-SHA-256 in software does not fail")
            count = Digest32.byteCount
        }
        return Digest32(checked: code.span)
    }
}
