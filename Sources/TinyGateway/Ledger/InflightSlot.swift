import Billing

/// What `inflight` remembers of one open exchange, enough to write its `void` entry after a crash.
struct InflightSlot: Equatable, Sendable {
    /// Bytes of a slot: a state byte, two lengths, five bytes of nothing, three integers in the
    /// machine's order, and the two identifiers.
    static let byteCount = 128
    private static let textStart = 32

    static let free: UInt8 = 0
    static let open: UInt8 = 1

    let exchange: ExchangeID
    let balance: BalanceID
    let began: Timestamp
    /// In picodollars; what does not fit is the largest number that does. For people: no sum is
    /// made from it.
    let hold: Int64
    /// How far the ledger was durable when the exchange opened: its entry, if any, stands behind.
    let ledgerOffset: Int64

    /// The slot's bytes with the state byte still `free`: it is set last.
    var bytes: [UInt8] {
        let balanceText = balance.text.utf8.span
        var bytes = [UInt8](capacity: Self.byteCount) { bytes in
            bytes.append(Self.free)
            bytes.append(UInt8(exchange.byteCount))
            bytes.append(UInt8(balanceText.count))
            bytes.append(repeating: 0, count: 5)
            Self.append(began.millisecondsSince1970, to: &bytes)
            Self.append(hold, to: &bytes)
            Self.append(ledgerOffset, to: &bytes)
        }
        exchange.append(to: &bytes)
        bytes.append(copying: balanceText)
        check(bytes.count <= Self.byteCount, "identifiers are shorter than a slot")
        return bytes
    }

    private static func append(_ number: Int64, to bytes: inout OutputSpan<UInt8>) {
        for shift in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift * 8)))
        }
    }

    init(
        exchange: ExchangeID, balance: BalanceID, began: Timestamp, hold: Int64, ledgerOffset: Int64
    ) {
        self.exchange = exchange
        self.balance = balance
        self.began = began
        self.hold = hold
        self.ledgerOffset = ledgerOffset
    }

    /// `nil` for a slot that is not open, or that a machine's crash left half on disk.
    init?(_ bytes: Span<UInt8>) {
        check(bytes.count == Self.byteCount, "a whole slot")
        let exchangeEnd = Self.textStart + Int(bytes[1])
        let balanceEnd = exchangeEnd + Int(bytes[2])
        let beganCount = Self.number(bytes, at: 8)
        // The last millisecond of the year 9999, the latest that a Timestamp takes.
        guard bytes[0] == Self.open, balanceEnd <= Self.byteCount,
            beganCount >= 0, beganCount <= 253_402_300_799_999,
            let exchange = ExchangeID(bytes.extracting(Self.textStart..<exchangeEnd)),
            let balance = BalanceID(String(copying: bytes.extracting(exchangeEnd..<balanceEnd)))
        else { return nil }
        self.exchange = exchange
        self.balance = balance
        began = Timestamp(millisecondsSince1970: beganCount)
        hold = Self.number(bytes, at: 16)
        ledgerOffset = Self.number(bytes, at: 24)
    }

    static let holdStart = 16

    private static func number(_ bytes: Span<UInt8>, at start: Int) -> Int64 {
        var number: Int64 = 0
        for index in 0..<8 { number |= Int64(bytes[start + index]) << Int64(index * 8) }
        return number
    }
}
