import Billing
import Testing

@testable import TinyGateway

@Suite struct LedgerPlacesTests {
    let harness = BooksHarness()

    @Test func linesAreFoundByNumberTimeAndBalance() throws {
        let books = try harness.open()
        harness.fund()
        harness.fund(BooksHarness.other)
        for number in 1...400 {
            harness.now = harness.now.adding(days: 0) + 1_000
            let balance = number % 3 == 0 ? BooksHarness.other : BooksHarness.balance
            let ticket = try harness.admit("\(number)", balance)
            #expect(isDurable(harness.post(harness.charge(ticket))))
        }
        let places = books.places
        for seq in [1, 2, 5, 6, 7, 123, 406] as [Int64] {
            #expect(try places.line(seq: seq)?.line.seq == seq)
        }
        #expect(try places.line(seq: 407) == nil)
        #expect(places.end > 65_536 * 3, "halving has something to halve")

        let moment = harness.now + -100_000
        let offset = try places.first { $0.at >= moment }
        #expect(try places.line(at: offset).line.at == moment)
        #expect(try places.first { _ in false } == places.end)

        let tip = books.ledger.tip(of: BooksHarness.other)
        let latest = try places.latest(tip, count: 5)
        #expect(latest.map { $0.position?.n } == [135, 134, 133, 132, 131])
        #expect(try places.offsets(before: tip).count == 135)
        #expect(try places.offsets(before: .none).isEmpty)
        harness.close()
    }

    @Test func anEntryIsMadeWhenItsTurnComes() throws {
        let books = try harness.open()
        let pass = try #require(BalanceID("b_pass"))
        harness.post(
            .balance(
                BalanceEntry(
                    balance: pass, account: BooksHarness.account, service: .link, label: "")))
        var outcomes = 0
        for name in ["w1", "w2", "w3"] {
            let key = try #require(PaymentKey(name))
            let make: PostQueue.Make = { ledger, moment in
                .pass(
                    BillingTerms().pass(
                        pass, payment: key, weeks: 1,
                        current: ledger.balance(pass)?.passExpires, at: moment))
            }
            books.post(making: make) { _ in outcomes += 1 }
        }
        harness.run { outcomes == 3 }
        let expected = harness.now.adding(days: 21)
        #expect(books.ledger.balance(pass)?.passExpires == expected, "no week is lost")
        harness.close()
    }
}
