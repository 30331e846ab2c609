import CUV

/// The numeric text of an IPv4 or IPv6 address, without its port.
@safe
func addressText(_ address: UnsafePointer<sockaddr>) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
        let base = unsafe buffer.baseAddress.unsafelyUnwrapped
        guard unsafe cuv_address_text(address, base, 64) == 0 else { return "" }
        return unsafe String(cString: base)
    }
}
