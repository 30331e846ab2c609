/// The first 32 hex digits of SHA-512 that chain one line to the one before. Kept as 16 bytes; how
/// it is computed is the ledger file's affair.
public struct LinkHash: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// 32 zeros, which stand before the first line.
    public static let zero = LinkHash(high: 0, low: 0)

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first 16 bytes of a digest.
    public init(digest: Span<UInt8>) {
        precondition(digest.count >= 16, "a digest of at least 16 bytes")
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<8 {
            high = high << 8 | UInt64(digest[index])
            low = low << 8 | UInt64(digest[index + 8])
        }
        self.init(high: high, low: low)
    }

    /// Reads exactly 32 lowercase hex digits.
    public init?(hex: Span<UInt8>) {
        guard hex.count == 32 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<16 {
            guard let upper = LinkHash.value(ofHexDigit: hex[index]),
                let lower = LinkHash.value(ofHexDigit: hex[index + 16])
            else { return nil }
            high = high << 4 | UInt64(upper)
            low = low << 4 | UInt64(lower)
        }
        self.init(high: high, low: low)
    }

    /// The 32 ASCII digits that the next link is computed over.
    public var hex: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        append(to: &bytes)
        return bytes
    }

    public var text: String { String(decoding: hex, as: UTF8.self) }

    public func append(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 32) { bytes in
            for word in 0..<2 {
                var rest = word == 0 ? high : low
                for _ in 0..<16 {
                    bytes.append(LinkHash.hexDigit(UInt8(truncatingIfNeeded: rest >> 60)))
                    rest <<= 4
                }
            }
        }
    }

    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    static func value(ofHexDigit byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
        default: return nil
        }
    }
}
