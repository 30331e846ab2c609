/// The first 128 bits of a SHA-512 digest: a link of the ledger's chains, written as 32 hexadecimal
/// digits.
struct Digest128: Hashable, Sendable {
    static let hexDigits = 32
    /// What stands before the first line.
    static let zero = Digest128(high: 0, low: 0)

    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// `nil` unless there are exactly 32 lower-case hexadecimal digits.
    init?(hex: Span<UInt8>) {
        guard hex.count == Self.hexDigits else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<16 {
            guard let upper = Hex.value(hex[index]), let lower = Hex.value(hex[index + 16]) else {
                return nil
            }
            high = high << 4 | UInt64(upper)
            low = low << 4 | UInt64(lower)
        }
        self.init(high: high, low: low)
    }

    init?(hex: String) {
        self.init(hex: [UInt8](hex.utf8).span)
    }

    /// 32 ASCII hexadecimal digits.
    var hexBytes: [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(Self.hexDigits)
        for word in [high, low] {
            for shift in stride(from: 60, through: 0, by: -4) {
                digits.append(Hex.digit(UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15))
            }
        }
        return digits
    }

    var hex: String { String(decoding: hexBytes, as: UTF8.self) }
}
