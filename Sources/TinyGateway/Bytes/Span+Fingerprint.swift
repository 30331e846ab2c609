extension Span where Element == UInt8 {
    /// FNV-1a, 64 bits: a short name for texts that are too long, or too personal, to be kept.
    /// - Parameter start: the fingerprint of what came before; at first the algorithm's own number.
    func fingerprint(after start: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
        var value = start
        for index in indices { value = (value ^ UInt64(self[index])) &* 0x100_0000_01B3 }
        return value
    }
}
