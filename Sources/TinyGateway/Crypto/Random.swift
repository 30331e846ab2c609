import CUV

/// Random bytes from the kernel (getrandom(2)), for keys, nonces, tokens and identifiers.
enum Random {
    static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0, "a count is not negative")
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            while filled < count {
                let start = unsafe bytes.baseAddress.unsafelyUnwrapped + filled
                let got = unsafe cuv_getrandom(start, count - filled)
                // Nothing that follows would be safe without it.
                precondition(got > 0 || got == -Int64(EINTR), "the kernel gives no random bytes")
                filled += max(0, Int(got))
            }
        }
    }

    static func word() -> UInt64 {
        bytes(8).span.bigEndianWord(at: 0)
    }

    /// 256 bits as 43 characters: what follows `tg_`.
    static func token() -> String {
        Base64URL.encode(bytes(32).span)
    }

    /// 128 bits as 22 characters: what follows `a_`, `b_`, `x_`.
    static func identifier() -> String {
        Base64URL.encode(bytes(16).span)
    }
}
