import Testing

@testable import Billing

@Suite struct LedgerTests {
    private let one: BalanceID
    private let two: BalanceID

    init() throws {
        one = try BalanceID("b_1").unwrapped
        two = try BalanceID("b_2").unwrapped
    }

    private func books(_ dollars: String? = nil) throws -> TestBooks {
        var books = try TestBooks()
        try books.open(one)
        if let dollars { try books.topup(one, dollars, "p1") }
        return books
    }

    @Test(arguments: [
        (5, 5), (10, 30), (20, 60), (30, 90), (40, 120), (50, 150), (60, 180), (70, 210),
        (80, 240), (90, 270), (100, 300),
    ])
    func topupsGetTheirBonus(paid: Int, credited: Int) throws {
        let books = try books("\(paid)")
        #expect(try books.balance(one).remaining.text == "\(credited).0000")
        #expect(BillingTerms().topups.contains(try Money("\(paid)").unwrapped))
        #expect(try books.balance(one).expires == TestBooks.start.adding(days: 30))
    }

    @Test func aPoolIsSpentInProportion() throws {
        var books = try books("10")
        try books.post(try books.charge(one, "x_1", thousandths: 1))
        // 0.001 of 10 paid and 20 bonus: two thirds are 0.000666..., down to 0.0006.
        let lot = try books.balance(one).lots[0]
        #expect(lot.paid.text == "9.9996")
        #expect(lot.bonus.text == "19.9994")
        try books.post(try books.charge(one, "x_2", thousandths: 29_999))
        #expect(try books.balance(one).lots.isEmpty)
        #expect(try books.balance(one).remaining == .zero)
    }

    @Test func earliestExpiryIsSpentFirstAndTheGrantOnATie() throws {
        var books = try books("5")
        try books.grant(one, "1", "late", days: 60)
        try books.grant(one, "1", "tie", days: 30)
        try books.grant(one, "1", "early", days: 10)
        let seqs = try books.balance(one).lots.map { $0.seq }
        #expect(seqs == [7, 6, 4, 5])
        try books.post(try books.charge(one, "x_1", thousandths: 2500))
        let lots = try books.balance(one).lots
        #expect(lots.map { $0.total.text } == ["4.5000", "1.0000"])
    }

    @Test func aTopupMovesThePoolsExpiryAndGrantsKeepTheirs() throws {
        var books = try books("5")
        try books.grant(one, "1", "g", days: 10)
        books.now = books.now.adding(days: 7)
        try books.topup(one, "20", "p2")
        let lots = try books.balance(one).lots
        #expect(
            lots.map { $0.expires } == [
                TestBooks.start.adding(days: 10), TestBooks.start.adding(days: 37),
            ])
        #expect(lots[1].total.text == "65.0000")
    }

    @Test func debtIsPaidFirst() throws {
        var books = try books("5")
        try books.post(try books.charge(one, "x_1", thousandths: 5300))
        #expect(try books.balance(one).remaining.text == "-0.3000")
        #expect(try books.balance(one).debt.text == "0.3000")
        try books.topup(one, "10", "p2")
        let balance = try books.balance(one)
        #expect(balance.debt == .zero)
        #expect(balance.lots.map { $0.paid.text } == ["9.9000"])
        #expect(balance.lots.map { $0.bonus.text } == ["19.8000"])
    }

    @Test func whatExpiredIsNotRevivedByATopup() throws {
        var books = try books("5")
        try books.ledger.admit(
            one, exchange: try ExchangeID("x_1").unwrapped, hold: try Money("0.01").unwrapped,
            at: books.now)
        let began = books.now
        books.now = books.now.adding(days: 31)
        #expect(books.ledger.available(one, at: books.now) == Money("-0.01"))
        #expect(books.ledger.dueExpiries(at: books.now).isEmpty)
        try books.topup(one, "5", "p2")
        #expect(try books.balance(one).lots.map { $0.total.text } == ["5.0000", "5.0000"])
        // The exchange that was admitted before is paid by the old lot.
        try books.post(try books.charge(one, "x_1", thousandths: 1000, began: began))
        #expect(try books.balance(one).lots.map { $0.total.text } == ["4.0000", "5.0000"])
        // One that was admitted after is not.
        try books.post(try books.charge(one, "x_2", thousandths: 1000))
        #expect(try books.balance(one).lots.map { $0.total.text } == ["4.0000", "4.0000"])
        let due = books.ledger.dueExpiries(at: books.now)
        #expect(due.count == 1)
        for entry in due { try books.post(entry) }
        #expect(try books.balance(one).remaining.text == "4.0000")
        #expect(books.ledger.dueExpiries(at: books.now).isEmpty)
        #expect(try books.replayed() == books.ledger)
    }

    @Test func expiryComesAtItsMillisecondAndWaitsForHolds() throws {
        var books = try books("10")
        let over = TestBooks.start.adding(days: 30)
        let before = Timestamp(millisecondsSince1970: over.millisecondsSince1970 - 1)
        let exchange = try ExchangeID("x_1").unwrapped
        #expect(books.ledger.nextExpiry == over)
        #expect(books.ledger.dueExpiries(at: before).isEmpty)
        try books.ledger.admit(one, exchange: exchange, hold: .zero, at: before)
        let entry = LedgerEntry.expire(
            ExpireEntry(
                balance: one, lot: 4, paid: try Money("10").unwrapped,
                bonus: try Money("20").unwrapped))
        #expect(throws: LedgerError.lotNotDue) { try books.ledger.check(entry, at: before) }
        #expect(throws: LedgerError.lotHeld) { try books.ledger.check(entry, at: over) }
        books.now = over
        try books.post(try books.void(one, "x_1"))
        #expect(books.ledger.dueExpiries(at: over) == [entry])
        try books.post(entry)
        #expect(try books.balance(one).remaining == .zero)
        #expect(throws: LedgerError.unknownLot) { try books.ledger.check(entry, at: over) }
        #expect(throws: LedgerError.expired) {
            try books.ledger.admit(one, exchange: exchange, hold: .zero, at: over)
        }
    }

    @Test func holdsKeepTheLastCentFromBeingSpentTwice() throws {
        var books = try books("5")
        try books.post(try books.charge(one, "x_0", thousandths: 4990))
        let minimum = BillingTerms().minimumHold
        let overdraft = BillingTerms().overdraft
        var admitted: [ExchangeID] = []
        for number in 1...64 {
            let exchange = try ExchangeID("x_\(number)").unwrapped
            do {
                try books.ledger.admit(one, exchange: exchange, hold: minimum, at: books.now)
                admitted.append(exchange)
            } catch {
                #expect(error == .usedUp)
            }
        }
        #expect(admitted.count == 1)
        #expect(throws: LedgerError.overdraftReached) {
            try books.ledger.raise(
                admitted[0], to: try Money("0.5101").unwrapped, overdraft: overdraft)
        }
        try books.ledger.raise(admitted[0], to: try Money("0.51").unwrapped, overdraft: overdraft)
        #expect(try books.balance(one).held.text == "0.5100")
        #expect(books.ledger.available(one, at: books.now).text == "-0.5000")
        let wasHeld = books.ledger.release(admitted[0])
        let isHeld = books.ledger.release(admitted[0])
        #expect(wasHeld && !isHeld)
        #expect(try books.balance(one).held == .zero)
    }

    @Test func parallelHoldsNeverExceedBalanceAndOverdraft() throws {
        var books = try books("5")
        let overdraft = BillingTerms().overdraft
        for number in 1...64 {
            try books.ledger.admit(
                one, exchange: try ExchangeID("x_\(number)").unwrapped,
                hold: BillingTerms().minimumHold, at: books.now)
        }
        var covered = 0
        for number in 1...64 {
            do {
                try books.ledger.raise(
                    try ExchangeID("x_\(number)").unwrapped, to: try Money("0.3").unwrapped,
                    overdraft: overdraft)
                covered += 1
            } catch {
                #expect(error as? LedgerError == .overdraftReached)
            }
            let balance = try books.balance(one)
            #expect(balance.held <= balance.remaining + overdraft)
        }
        // 64 minimum holds are 0.64; 4.86 are left to raise by 0.29 each.
        #expect(covered == 16)
        #expect(throws: LedgerError.exchangeHeld) {
            try books.ledger.admit(
                one, exchange: try ExchangeID("x_1").unwrapped, hold: .zero, at: books.now)
        }
    }

    @Test func keysMakeRepetitionsHarmless() throws {
        var books = try books("20")
        let terms = BillingTerms()
        let key = try PaymentKey("p1").unwrapped
        let twenty = try Money("20").unwrapped
        let later = books.now.adding(days: 3)
        let again = LedgerEntry.topup(terms.topup(one, payment: key, paid: twenty, at: later))
        #expect(try books.ledger.check(again, at: later) == .repeated)
        #expect(throws: LedgerError.alreadyApplied) { try books.post(again) }
        let other = LedgerEntry.topup(
            terms.topup(one, payment: key, paid: try Money("30").unwrapped, at: later))
        #expect(throws: LedgerError.keyHasOtherContent) { try books.ledger.check(other, at: later) }
        try books.open(two)
        let elsewhere = LedgerEntry.topup(terms.topup(two, payment: key, paid: twenty, at: later))
        #expect(throws: LedgerError.keyHasOtherContent) {
            try books.ledger.check(elsewhere, at: later)
        }
        // Grants have names of their own.
        try books.grant(one, "1", "p1", days: 5)
        #expect(throws: LedgerError.alreadyApplied) { try books.grant(one, "1", "p1", days: 9) }
        #expect(throws: LedgerError.keyHasOtherContent) {
            try books.grant(one, "2", "p1", days: 5)
        }
    }

    @Test func aPassIsExtendedByItsRenewal() throws {
        var books = try TestBooks()
        try books.open(one, .link)
        let terms = BillingTerms()
        let first = terms.pass(
            one, payment: try PaymentKey("p1").unwrapped, weeks: 2, current: nil, at: books.now)
        #expect(first.paid.text == "0.5000")
        try books.post(.pass(first))
        books.now = books.now.adding(days: 7)
        let second = terms.pass(
            one, payment: try PaymentKey("p2").unwrapped, weeks: 1,
            current: try books.balance(one).passExpires, at: books.now)
        try books.post(.pass(second))
        #expect(try books.balance(one).expires == TestBooks.start.adding(days: 21))
        books.now = books.now.adding(days: 70)
        let third = terms.pass(
            one, payment: try PaymentKey("p3").unwrapped, weeks: 1,
            current: try books.balance(one).passExpires, at: books.now)
        #expect(third.expires == books.now.adding(days: 7))
        #expect(throws: LedgerError.wrongService) { try books.topup(one, "5", "p9") }
        #expect(throws: LedgerError.alreadyApplied) { try books.post(.pass(second)) }
    }

    @Test func anExtensionIsByHand() throws {
        var books = try books()
        let entry = LedgerEntry.extend(
            ExtendEntry(balance: one, expires: TestBooks.start.adding(days: 90)))
        #expect(throws: LedgerError.nothingToExtend) { try books.post(entry) }
        try books.topup(one, "5", "p1")
        try books.post(entry)
        #expect(try books.balance(one).lots[0].expires == TestBooks.start.adding(days: 90))
        #expect(try books.balance(one).expires == TestBooks.start.adding(days: 90))
    }

    @Test func usageIsSummedByDayBalanceModelAndTier() throws {
        var books = try books("5")
        try books.open(two)
        try books.topup(two, "5", "p2")
        try books.post(try books.charge(one, "x_1", thousandths: 3))
        try books.post(try books.charge(one, "x_2", thousandths: 4))
        try books.post(try books.charge(two, "x_3", thousandths: 5))
        books.now = books.now.adding(days: 1)
        try books.post(try books.charge(one, "x_4", thousandths: 6))
        let rows = Statement.usage(books.ledger)
        #expect(rows.map { $0.day.text } == ["2026-11-22", "2026-11-22", "2026-11-23"])
        #expect(rows.map { $0.sum.responses } == [2, 1, 1])
        #expect(rows.map { $0.sum.cost.text } == ["0.0070", "0.0050", "0.0060"])
        #expect(Statement.usage(books.ledger, balance: one, from: rows[2].day).count == 1)
        // Days beyond 400 are forgotten.
        books.now = books.now.adding(days: 400)
        try books.post(try books.charge(one, "x_5", thousandths: 7))
        #expect(Statement.usage(books.ledger).map { $0.sum.cost.text } == ["0.0070"])
    }
}
