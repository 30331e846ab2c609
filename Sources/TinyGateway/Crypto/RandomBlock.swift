/// Random identifiers for one thread: one call of the kernel makes sixteen of them.
struct RandomBlock {
    private static let identifierBytes = 16
    /// What getrandom(2) gives whole, whatever interrupts it.
    private static let blockBytes = 256

    private var bytes: [UInt8] = []
    private var used = 0

    /// Adds the characters of a `Random.identifier`. What was given out is wiped, and never given
    /// out again.
    mutating func appendIdentifier(to text: inout [UInt8]) {
        if used == bytes.count {
            bytes = Random.bytes(Self.blockBytes)
            used = 0
        }
        let range = used..<used + Self.identifierBytes
        used = range.upperBound
        Base64URL.append(bytes.span.extracting(range), to: &text)
        for index in range { bytes[index] = 0 }
    }
}
