/// 256 bits: the digest of a token, or a message authentication code. Comparing takes the same time
/// whatever the bytes are, so that a lookup tells nothing about how much of a guess was right.
struct Digest32: Hashable, Sendable {
    static let byteCount = 32

    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    /// `nil` unless there are exactly 32 bytes.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(checked: bytes)
    }

    /// `nil` unless there are exactly 64 lower-case hexadecimal digits.
    init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes.span)
    }

    init(checked bytes: Span<UInt8>) {
        precondition(bytes.count == Self.byteCount, "a digest has 32 bytes")
        word0 = bytes.bigEndianWord(at: 0)
        word1 = bytes.bigEndianWord(at: 8)
        word2 = bytes.bigEndianWord(at: 16)
        word3 = bytes.bigEndianWord(at: 24)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for word in [word0, word1, word2, word3] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    var hex: String { Hex.encode(bytes.span) }

    static func == (left: Digest32, right: Digest32) -> Bool {
        ((left.word0 ^ right.word0) | (left.word1 ^ right.word1) | (left.word2 ^ right.word2)
            | (left.word3 ^ right.word3)) == 0
    }
}

extension Span<UInt8> {
    /// Eight bytes from `start`, most significant first.
    func bigEndianWord(at start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<(start + 8) { word = word << 8 | UInt64(self[index]) }
        return word
    }
}
