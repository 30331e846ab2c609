import Testing

@testable import Billing

struct Missing: Error {}

extension Optional {
    /// The value, or a failed test.
    var unwrapped: Wrapped {
        get throws {
            guard let self else { throw Missing() }
            return self
        }
    }
}

/// A ledger with the file that it would have, and short names for what tests do to it. Links and
/// chains are stand-ins: hashing is not this target's affair.
struct TestBooks {
    static let start = makeStart()
    static let digest = makeDigest()
    var ledger = Ledger()
    var lines: [[UInt8]] = []
    /// The clock of the test.
    var now = TestBooks.start

    init() throws {
        try post(.ledger(FormatEntry(format: 1, id: try LedgerID("l_test").unwrapped)))
        try post(.prices(PricesEntry(digest: TestBooks.digest, table: .default)))
    }

    mutating func post(_ entry: LedgerEntry) throws(LedgerError) {
        let line = next(entry)
        let bytes = LedgerFormat.encode(line)
        try ledger.apply(line, offset: ledger.end, length: Int64(bytes.count + 1))
        lines.append(bytes)
    }

    func next(_ entry: LedgerEntry) -> LedgerLine {
        var position: BalancePosition?
        if let id = entry.balanceID {
            let tip = ledger.tip(of: id)
            position = BalancePosition(
                n: tip.n + 1, prev: tip.offset,
                link: LinkHash(high: UInt64(ledger.seq), low: UInt64(tip.n)))
        }
        return LedgerLine(
            seq: ledger.seq + 1, at: now, entry: entry, position: position,
            synced: ledger.seq % 5 == 0 ? ledger.seq : nil,
            chain: LinkHash(high: 1, low: UInt64(ledger.seq)))
    }

    /// What a start from the lines alone gives.
    func replayed() throws -> Ledger {
        var ledger = Ledger()
        var reader = LedgerReader()
        for bytes in lines {
            let decoded = try reader.decode(bytes.span)
            try ledger.apply(decoded.line, offset: ledger.end, length: Int64(bytes.count + 1))
        }
        return ledger
    }

    mutating func open(_ id: BalanceID, _ service: Service = .pay) throws {
        try post(
            .balance(
                BalanceEntry(
                    balance: id, account: AccountID("a_1").unwrapped, service: service,
                    label: "Anna")))
    }

    mutating func topup(_ id: BalanceID, _ dollars: String, _ payment: String) throws {
        try post(
            .topup(
                BillingTerms().topup(
                    id, payment: PaymentKey(payment).unwrapped, paid: Money(dollars).unwrapped,
                    at: now)))
    }

    mutating func grant(_ id: BalanceID, _ dollars: String, _ key: String, days: Int64) throws {
        try post(
            .grant(
                GrantEntry(
                    balance: id, id: PaymentKey(key).unwrapped, amount: Money(dollars).unwrapped,
                    label: "gift", expires: now.adding(days: days))))
    }

    /// A charge of exactly so many dollars, by web searches of 0.001.
    func charge(
        _ id: BalanceID, _ exchange: String, thousandths: Int64, began: Timestamp? = nil
    ) throws -> LedgerEntry {
        let usage = Usage(input: 0, output: 0, searches: thousandths)
        let model = try ModelName("gpt-5.4").unwrapped
        let price = try PriceTable.default.charge(
            usage, model: model, fast: false, at: TestBooks.start)
        return .charge(
            ChargeEntry(
                balance: id, id: try ExchangeID(exchange).unwrapped, began: began ?? now,
                response: "resp_1", model: model, table: TestBooks.digest, fast: false,
                tier: "default", usage: usage, price: price, metered: .exact))
    }

    func void(_ id: BalanceID, _ exchange: String) throws -> LedgerEntry {
        .void(
            VoidEntry(
                balance: id, id: try ExchangeID(exchange).unwrapped, began: now, response: "",
                model: nil, reason: .noUsage))
    }

    func balance(_ id: BalanceID) throws -> Balance { try ledger.balance(id).unwrapped }

    private static func makeStart() -> Timestamp {
        guard let start = Timestamp("2026-11-22T00:35:12.345Z") else { fatalError("a moment") }
        return start
    }

    private static func makeDigest() -> TableDigest {
        guard let digest = TableDigest("0123456789abcdef") else { fatalError("a digest") }
        return digest
    }
}

/// A `Span` cannot be made of a temporary; these take the bytes.
func decode(_ bytes: [UInt8]) throws(LedgerFormatError) -> LedgerFormat.Decoded {
    try LedgerFormat.decode(bytes.span)
}

func ledger(fromState bytes: [UInt8]) -> Ledger? {
    Ledger(state: bytes.span)
}
