/// Random numbers that a seed decides (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Inserts, removes or replaces a few bytes; what comes in is of `alphabet`.
    mutating func mutate(_ bytes: inout [UInt8], alphabet: [UInt8]) {
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let at = Int.random(in: 0..<bytes.count, using: &self)
            let byte = alphabet.randomElement(using: &self)!
            switch Int.random(in: 0..<3, using: &self) {
            case 0: bytes.insert(byte, at: at)
            case 1: bytes.remove(at: at)
            default: bytes[at] = byte
            }
        }
    }
}
