import Billing
import Testing

@testable import TinyGateway

@Suite struct LedgerBooksTests {
    @Test func aNewLedgerBeginsWithItsLineAndThePrices() throws {
        let harness = BooksHarness()
        let books = try harness.open()
        #expect(books.report.isNew)
        #expect(books.ledger.seq == 2)
        #expect(books.ledger.knows(books.prices.digest))
        harness.close()
        try harness.open()
        #expect(harness.books?.report == OpenReport())
        #expect(harness.books?.ledger.seq == 2)
        harness.close()
        let report = try Books.verify(directory: harness.directory)
        #expect(report.isIntact && report.entryCount == 2)
    }

    @Test func aChargeIsAppliedWhenDurableAndGivesItsHoldBack() throws {
        let harness = BooksHarness()
        let books = try harness.open()
        harness.fund()
        let ticket = try harness.admit("1")
        try books.raise(ticket, to: Money("0.05")!, overdraft: Money("0.5")!)
        #expect(books.ledger.balance(BooksHarness.balance)?.held == Money("0.05"))
        #expect(books.inflight.openCount == 1)
        #expect(isDurable(harness.post(harness.charge(ticket))))
        #expect(books.ledger.balance(BooksHarness.balance)?.held == .zero)
        #expect(books.ledger.balance(BooksHarness.balance)?.remaining == Money("59.9989"))
        #expect(books.inflight.openCount == 0)
        harness.close()
        let reading = try Books.readOnly(directory: harness.directory)
        #expect(reading.ledger.balance(BooksHarness.balance)?.remaining == Money("59.9989"))
        let report = try Books.verify(directory: harness.directory)
        #expect(report.isIntact && report.entryCount == 5)
    }

    @Test func aDroppedHoldLeavesNoEntry() throws {
        let harness = BooksHarness()
        let books = try harness.open()
        harness.fund()
        let ticket = try harness.admit("1")
        books.drop(ticket)
        #expect(books.ledger.holds.isEmpty && books.inflight.openCount == 0)
        #expect(books.ledger.seq == 4)
        harness.close()
    }

    @Test func theSameKeyTwiceAtOnceIsBookedOnce() throws {
        let harness = BooksHarness()
        let books = try harness.open()
        harness.fund()
        let terms = BillingTerms()
        let key = PaymentKey("again")!
        var outcomes: [PostOutcome] = []
        for sum in ["20", "20", "30"] {
            let entry = terms.topup(
                BooksHarness.balance, payment: key, paid: Money(sum)!, at: harness.now)
            books.post(.topup(entry)) { outcomes.append($0) }
        }
        harness.run { outcomes.count == 3 }
        #expect(isDurable(outcomes[0]))
        #expect(outcomes[1] == .repeated)
        #expect(outcomes[2] == .refused(.keyHasOtherContent))
        #expect(books.ledger.balance(BooksHarness.balance)?.remaining == Money("120"))
        harness.close()
    }

    @Test func manyChargesShareAFewSyncs() throws {
        let harness = BooksHarness()
        var device: FailingDevice?
        let books = try harness.open { file in
            let made = FailingDevice(file)
            device = made
            return made
        }
        harness.fund()
        let before = device?.syncCount ?? 0
        var done: [Int64] = []
        for index in 0..<500 {
            let ticket = try harness.admit("\(index)")
            books.post(harness.charge(ticket)) {
                if case .durable(let seq, _) = $0 { done.append(seq) }
            }
        }
        harness.run { done.count == 500 }
        #expect(done == (5...504).map { Int64($0) }, "in the order of the file")
        #expect((device?.syncCount ?? 0) - before < 100)
        harness.close()
        #expect(try Books.verify(directory: harness.directory).isIntact)
    }

    @Test func aClockThatStepsBackDoesNotTurnTimeBack() throws {
        let harness = BooksHarness()
        try harness.open()
        harness.fund()
        harness.now = Timestamp(millisecondsSince1970: 1_000_000_000_000)
        let ticket = try harness.admit("1")
        #expect(isDurable(harness.post(harness.charge(ticket))))
        harness.close()
        try harness.open()
        harness.close()
        #expect(try Books.verify(directory: harness.directory).isIntact)
    }

    @Test func whatIsOverIsExpiredOnceAndAfterItsHolds() throws {
        let harness = BooksHarness()
        let books = try harness.open()
        harness.fund()
        let ticket = try harness.admit("1")
        harness.now = harness.now.adding(days: 31)
        books.expireDue()
        #expect(books.pendingCount == 0, "a hold admitted before keeps the lot")
        #expect(isDurable(harness.post(harness.charge(ticket))))
        books.expireDue()
        books.expireDue()
        harness.run { books.pendingCount == 0 }
        #expect(books.ledger.seq == 6)
        #expect(books.ledger.balance(BooksHarness.balance)?.remaining == .zero)
        harness.close()
        #expect(try Books.verify(directory: harness.directory).isIntact)
    }

    @Test func aSecondOpenerIsRefusedWhileTheFirstIsThere() throws {
        let harness = BooksHarness()
        try harness.open()
        #expect(throws: BooksError.locked(directory: harness.directory, waitedSeconds: 0)) {
            _ = try Books.open(
                directory: harness.directory, loop: EventLoop(), prices: .default,
                terms: BillingTerms(), mode: .serve, clock: { harness.now })
        }
        harness.close()
        try harness.open()
        harness.close()
    }

    @Test func anotherPriceTableIsWrittenOnce() throws {
        let harness = BooksHarness()
        try harness.open()
        harness.close()
        let table = PriceTable.default.with(
            webSearch: PriceTable.default.webSearch, unknownModel: ModelName("gpt-5.4")!)!
        for _ in 0..<2 {
            try harness.open(prices: table)
            #expect(harness.books?.ledger.seq == 3)
            harness.close()
        }
    }

    @Test func filesAreReplacedOffTheLoop() throws {
        let harness = BooksHarness()
        let books = try harness.open()
        var errors: [FileError?] = []
        books.replaceFile(harness.directory + "/directory.json", [1, 2], mode: 0o600) {
            errors.append($0)
        }
        books.replaceFile(harness.directory + "/none/directory.json", [3], mode: 0o600) {
            errors.append($0)
        }
        harness.run { errors.count == 2 }
        #expect(errors[0] == nil)
        #expect(errors[1] == .missing(path: harness.directory + "/none/directory.json.new"))
        #expect(harness.bytes("directory.json") == [1, 2])
        harness.close()
    }
}
