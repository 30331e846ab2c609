/// One request from its admission to its entry, made once by the gateway: `x_...`, and in all at
/// most 24 bytes, as many as 128 random bits take.
///
/// Its bytes lie in the value itself: whatever is open has one in several places, and as text each
/// would be an allocation.
public struct ExchangeID: Identifier {
    public static let bytesMax = 24

    /// Eight bytes each, the first one highest; zeros behind the last.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64

    public init?(_ text: String) {
        self.init(text.utf8.span)
    }

    public init?(_ text: Span<UInt8>) {
        guard IdentifierForm.isName(text, prefix: "x_", bytesMax: Self.bytesMax) else { return nil }
        first = Self.word(text, 0)
        second = Self.word(text, 8)
        third = Self.word(text, 16)
    }

    private static func word(_ text: Span<UInt8>, _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<start + 8 {
            word = word << 8 | (index < text.count ? UInt64(text[index]) : 0)
        }
        return word
    }

    public var byteCount: Int {
        let last = third != 0 ? third : second != 0 ? second : first
        return (third != 0 ? 24 : second != 0 ? 16 : 8) - last.trailingZeroBitCount / 8
    }

    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Adds its text.
    public func append(to bytes: inout [UInt8]) {
        let count = byteCount
        bytes.append(addingCapacity: count) { bytes in
            for index in 0..<count {
                let word = index < 8 ? first : index < 16 ? second : third
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(56 - index % 8 * 8)))
            }
        }
    }

    /// What the gateway makes is random: its parts in one word tell as much as all of them.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(first ^ second ^ third)
    }
}
