/// A short name for texts that are too long, or too personal, to be kept: FNV-1a, 64 bits. Begun
/// with a secret seed where somebody could gain by forging one.
struct Fingerprint {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        // What follows is another text.
        add(0xFF)
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }
}
