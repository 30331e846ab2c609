import Billing
import Foundation
import Testing

@testable import TinyGateway

/// A data directory of its own, a clock that the test sets, and a loop that the test turns.
final class BooksHarness {
    let directory: String
    var now = Timestamp(millisecondsSince1970: 1_795_000_000_000)
    private(set) var books: Books?
    private(set) var loop = EventLoop()

    init() {
        directory = "/tmp/tinygateway-test-" + Random.identifier()
        try? FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var ledgerPath: String { directory + "/ledger.jsonl" }

    static let balance = BalanceID("b_one")!
    static let other = BalanceID("b_two")!
    static let account = AccountID("a_one")!

    @discardableResult
    func open(
        prices: PriceTable = .default,
        device: @escaping (File) -> LedgerDevice = { LedgerDevice($0) }
    ) throws(BooksError) -> Books {
        loop = EventLoop()
        let opened = try Books.open(
            directory: directory, loop: loop, prices: prices, terms: BillingTerms(), mode: .serve,
            clock: { self.now }, device: device)
        books = opened
        return opened
    }

    /// Runs the loop until `isDone`, at most ten seconds.
    func run(until isDone: () -> Bool) {
        let guardian = Timer(loop: loop)
        var isLate = false
        let pulse = Timer(loop: loop)
        guardian.start(after: .seconds(10)) {
            isLate = true
            self.loop.stop()
        }
        pulse.start(after: Milliseconds(1), every: Milliseconds(1)) { self.loop.stop() }
        while !isDone() && !isLate { loop.run() }
        guardian.close()
        pulse.close()
        #expect(isDone(), "what was waited for came")
    }

    @discardableResult
    func post(_ entry: LedgerEntry) -> PostOutcome? {
        var outcome: PostOutcome?
        books?.post(entry) {
            outcome = $0
            self.loop.stop()
        }
        run { outcome != nil }
        return outcome
    }

    func close() {
        guard let open = books else { return }
        var isClosed = false
        open.close { isClosed = true }
        run { isClosed }
        books = nil
    }

    /// As a kill would end it: nothing is flushed but what the writer has; slots stay as they are.
    func crash() -> [UInt8] {
        let slots = bytes("inflight")
        close()
        try? Files.replace(directory + "/inflight", slots, mode: 0o600)
        try? Files.remove(directory + "/checkpoint")
        return slots
    }

    /// Opens a funded balance.
    func fund(_ balance: BalanceID = BooksHarness.balance) {
        post(
            .balance(
                BalanceEntry(
                    balance: balance, account: BooksHarness.account, service: .pay, label: "test")))
        let outcome = post(
            .topup(
                BillingTerms().topup(
                    balance, payment: PaymentKey("pay-" + balance.text)!, paid: Money("20")!,
                    at: now)))
        #expect(isDurable(outcome))
    }

    func charge(_ ticket: HoldTicket, output: Int64 = 500) -> LedgerEntry {
        let usage = Usage(input: 20_000, cached: 10_000, output: output)
        let model = ModelName("gpt-5.4-mini")!
        guard let books,
            let price = try? books.prices.table.charge(
                usage, model: model, fast: false, at: ticket.began)
        else { preconditionFailure("a price") }
        return .charge(
            ChargeEntry(
                balance: ticket.balance, id: ticket.exchange, began: ticket.began,
                response: "resp_1", model: model, table: books.prices.digest, fast: false,
                tier: "default", usage: usage, price: price, metered: .exact))
    }

    func admit(_ name: String, _ balance: BalanceID = BooksHarness.balance) throws -> HoldTicket {
        guard let books else { preconditionFailure("open books") }
        return try books.admit(
            balance, exchange: ExchangeID("x_" + name)!, hold: Money("0.01")!, at: books.now)
    }

    func bytes(_ name: String = "ledger.jsonl") -> [UInt8] {
        (try? Files.read(directory + "/" + name, bytesMax: 1 << 28)) ?? []
    }

    func setLedger(_ bytes: [UInt8]) throws { try Files.replace(ledgerPath, bytes, mode: 0o600) }

    var lines: [[UInt8]] { bytes().split(separator: 10).map { [UInt8]($0) } }
}

func isDurable(_ outcome: PostOutcome?) -> Bool {
    if case .durable = outcome { return true }
    return false
}
