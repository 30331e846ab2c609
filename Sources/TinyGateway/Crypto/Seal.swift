import CMbedTLS

/// Authenticated encryption for what is kept on disk (AES-256-GCM, NIST SP 800-38D). A sealed value
/// is the nonce (12 bytes, fresh and random), the ciphertext, and the tag (16 bytes). The
/// associated data is not stored: it says what the value is for, so that one sealed for a purpose
/// does not open for another.
enum Seal {
    static let keyBytes = 32
    static let nonceBytes = 12
    static let tagBytes = 16
    static let overheadBytes = nonceBytes + tagBytes

    static func seal(
        _ plain: Span<UInt8>, key: SecretBytes, associated: Span<UInt8>
    ) -> [UInt8] {
        seal(plain, key: key, associated: associated, nonce: Random.bytes(nonceBytes))
    }

    /// With a nonce of the caller's, for the tests of published vectors: the same nonce twice under
    /// one key gives both plain texts away.
    static func seal(
        _ plain: Span<UInt8>, key: SecretBytes, associated: Span<UInt8>, nonce: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == keyBytes, "AES-256 takes a key of 32 bytes")
        precondition(nonce.count == nonceBytes, "the nonce has 12 bytes")
        var sealed = nonce
        sealed.append(contentsOf: [UInt8](repeating: 0, count: plain.count + tagBytes))
        let status = unsafe sealed.withUnsafeMutableBytes { sealed in
            unsafe key.withUnsafeBytes { key in
                unsafe plain.withUnsafeBytes { plain in
                    unsafe associated.withUnsafeBytes { associated in
                        let start = unsafe sealed.baseAddress.unsafelyUnwrapped
                        return unsafe cm_gcm_seal(
                            key.baseAddress, start, associated.baseAddress, associated.count,
                            plain.baseAddress, plain.count, start + nonceBytes,
                            start + nonceBytes + plain.count)
                    }
                }
            }
        }
        precondition(status == 0, "AES-GCM in software does not fail to seal")
        return sealed
    }

    /// `nil` when the value is too short, was changed, or was sealed under another key or for
    /// another purpose.
    static func open(
        _ sealed: Span<UInt8>, key: SecretBytes, associated: Span<UInt8>
    ) -> SecretBytes? {
        precondition(key.count == keyBytes, "AES-256 takes a key of 32 bytes")
        let count = sealed.count - overheadBytes
        guard count >= 0 else { return nil }
        var plain = [UInt8](repeating: 0, count: count)
        let status = unsafe plain.withUnsafeMutableBytes { plain in
            unsafe key.withUnsafeBytes { key in
                unsafe sealed.withUnsafeBytes { sealed in
                    unsafe associated.withUnsafeBytes { associated in
                        let start = unsafe sealed.baseAddress.unsafelyUnwrapped
                        return unsafe cm_gcm_open(
                            key.baseAddress, start, associated.baseAddress, associated.count,
                            start + nonceBytes, count, start + nonceBytes + count,
                            plain.baseAddress)
                    }
                }
            }
        }
        guard status == 0 else {
            SecretBytes.wipe(&plain)
            return nil
        }
        return SecretBytes(taking: &plain)
    }
}
