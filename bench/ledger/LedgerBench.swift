import Billing
import CUV

/// Charges that wait for the disk, always as many at a time as told: how many become durable in a second.
/// Usage: ledger-bench DIRECTORY WAITING SECONDS. Prints one JSON object.
@main
enum LedgerBench {
    static func main() {
        let words = HostProcess.arguments
        guard words.count == 3, let waiting = Int(words[1]), let seconds = Int64(words[2]) else {
            HostProcess.write([UInt8]("usage: ledger-bench DIRECTORY WAITING SECONDS\n".utf8), to: .error)
            exit(2)
        }
        let bench = Bench(directory: words[0], seconds: seconds)
        bench.fund()
        bench.run(waiting: waiting)
    }
}

final class Bench {
    private let loop = EventLoop()
    private let books: Books
    private let balance = BalanceID("b_bench")!
    private let model = ModelName("gpt-5.4-mini")!
    private let seconds: Int64
    private var ends: Int64 = 0
    private var serial = 0
    private var durable = 0
    private var open = 0

    init(directory: String, seconds: Int64) {
        self.seconds = seconds
        let loop = loop
        do throws(BooksError) {
            books = try Books.open(
                directory: directory, loop: loop, prices: .default, terms: BillingTerms(), mode: .serve,
                clock: { Timestamp(millisecondsSince1970: loop.wallClock) })
        } catch {
            preconditionFailure("books open")
        }
    }

    func fund() {
        books.post(
            .balance(BalanceEntry(balance: balance, account: AccountID("a_bench")!, service: .pay, label: "bench"))
        ) { _ in self.loop.stop() }
        loop.run()
        let topup = BillingTerms().topup(
            balance, payment: PaymentKey("bench")!, paid: Money("100000")!, at: books.now)
        books.post(.topup(topup)) { _ in self.loop.stop() }
        loop.run()
    }

    func run(waiting: Int) {
        let began = loop.wallClock
        ends = began + seconds * 1000
        for _ in 0..<waiting { charge() }
        loop.run()
        let taken = loop.wallClock - began
        let rate = Int64(durable) * 1000 / max(taken, 1)
        let line = "{\"entries\":\(durable),\"ms\":\(taken),\"rate\":\(rate)}\n"
        HostProcess.write([UInt8](line.utf8), to: .output)
    }

    /// One exchange from its hold to its durable charge, and the next.
    private func charge() {
        serial += 1
        open += 1
        let usage = Usage(input: 1234, cached: 1000, output: 56)
        guard let exchange = ExchangeID("x_\(serial)"),
            let ticket = try? books.admit(balance, exchange: exchange, hold: Money("0.01")!),
            let price = try? books.prices.table.charge(usage, model: model, fast: false, at: ticket.began)
        else { preconditionFailure("a hold and a price") }
        let entry = ChargeEntry(
            balance: balance, id: exchange, began: ticket.began, response: "resp_\(serial)", model: model,
            table: books.prices.digest, fast: false, tier: "default", usage: usage, price: price, metered: .exact)
        books.post(.charge(entry)) { _ in
            self.durable += 1
            self.open -= 1
            if self.loop.wallClock < self.ends { return self.charge() }
            if self.open == 0 { self.loop.stop() }
        }
    }
}
