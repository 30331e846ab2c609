import Testing

@testable import Billing

@Suite struct LedgerErrorTests {
    private static func id(_ text: String) throws -> BalanceID { try BalanceID(text).unwrapped }

    @Test func aLineOutOfPlaceIsRefusedAndChangesNothing() throws {
        var books = try TestBooks()
        let one = try Self.id("b_1")
        try books.open(one)
        let before = books.ledger
        let good = books.next(try books.void(one, "x_1"))
        func refusal(_ change: (inout LedgerLine) -> Void) -> LedgerError? {
            var line = good
            change(&line)
            do {
                try books.ledger.apply(line, offset: books.ledger.end, length: 10)
                return nil
            } catch { return error }
        }
        #expect(refusal { $0.seq += 1 } == .sequenceBroken)
        #expect(refusal { $0.seq -= 1 } == .sequenceBroken)
        #expect(
            refusal {
                $0.at = Timestamp(
                    millisecondsSince1970: TestBooks.start.millisecondsSince1970 - 1)
            } == .timeWentBack)
        #expect(refusal { $0.position?.n = 3 } == .positionBroken)
        #expect(refusal { $0.position?.prev += 1 } == .positionBroken)
        // Two rules broken: the earlier one is told.
        #expect(
            refusal {
                $0.seq += 1
                $0.position?.n = 9
            } == .sequenceBroken)
        #expect(books.ledger == before)
        #expect(refusal { _ in } == nil)
    }

    @Test func aLedgerBeginsWithItsOwnLine() throws {
        let ledger = Ledger()
        let note = LedgerEntry.note(NoteEntry(text: "x"))
        #expect(throws: LedgerError.notOpened) { try ledger.check(note, at: TestBooks.start) }
        let newer = LedgerEntry.ledger(FormatEntry(format: 2, id: try LedgerID("l_1").unwrapped))
        #expect(throws: LedgerError.unknownFormat) { try ledger.check(newer, at: TestBooks.start) }
        let books = try TestBooks()
        let second = LedgerEntry.ledger(FormatEntry(format: 1, id: try LedgerID("l_1").unwrapped))
        #expect(throws: LedgerError.alreadyOpened) {
            try books.ledger.check(second, at: TestBooks.start)
        }
    }

    @Test func refusalsOfEntries() throws {
        var books = try TestBooks()
        let one = try Self.id("b_1")
        let pass = try Self.id("b_pass")
        try books.open(one)
        try books.open(pass, .link)
        try books.topup(one, "5", "p1")
        let now = books.now
        func refusal(_ entry: LedgerEntry) -> LedgerError? {
            do {
                _ = try books.ledger.check(entry, at: now)
                return nil
            } catch { return error }
        }
        #expect(
            refusal(.prices(PricesEntry(digest: TestBooks.digest, table: .default)))
                == .tableAlreadyKnown)
        #expect(
            refusal(.note(NoteEntry(text: String(repeating: "x", count: 4097)))) == .textTooLong)
        #expect(
            refusal(try books.charge(try Self.id("b_9"), "x_1", thousandths: 1)) == .unknownBalance)
        #expect(refusal(try books.charge(pass, "x_1", thousandths: 1)) == .wrongService)
        #expect(refusal(try books.void(pass, "x_1")) == .wrongService)
        #expect(throws: LedgerError.balanceExists) { try books.open(one) }
        guard case .charge(var charge) = try books.charge(one, "x_1", thousandths: 1) else {
            return
        }
        #expect(refusal(.charge(charge)) == nil)
        charge.usage.cached = 1
        #expect(refusal(.charge(charge)) == .oddUsage)
        charge.table = try TableDigest("ffffffffffffffff").unwrapped
        #expect(refusal(.charge(charge)) == .unknownTable)
        charge.tier = String(repeating: "t", count: 257)
        #expect(refusal(.charge(charge)) == .textTooLong)
        var topup = BillingTerms().topup(
            one, payment: try PaymentKey("p2").unwrapped, paid: .zero, at: now)
        #expect(refusal(.topup(topup)) == .invalidAmount)
        topup.paid = try Money("0.00005").unwrapped
        #expect(refusal(.topup(topup)) == .invalidAmount)
        topup.paid = try Money("5").unwrapped
        topup.expires = now
        #expect(refusal(.topup(topup)) == .expiryInPast)
        #expect(
            refusal(
                .refund(
                    RefundEntry(
                        balance: one, entry: 99, paid: topup.paid, bonus: .zero,
                        id: try PaymentKey("r").unwrapped))) == .notRefundable)
        #expect(
            refusal(
                .refund(
                    RefundEntry(
                        balance: one, entry: 5, paid: -topup.paid, bonus: -topup.paid,
                        id: try PaymentKey("r").unwrapped))) == .nothingToRefund)
    }

    @Test func refusalsOfHolds() throws {
        var books = try TestBooks()
        let one = try Self.id("b_1")
        let pass = try Self.id("b_pass")
        let exchange = try ExchangeID("x_1").unwrapped
        try books.open(one)
        try books.open(pass, .link)
        func refusal(_ balance: BalanceID) -> LedgerError? {
            do {
                try books.ledger.admit(balance, exchange: exchange, hold: .zero, at: books.now)
                return nil
            } catch { return error }
        }
        #expect(refusal(try Self.id("b_9")) == .unknownBalance)
        #expect(refusal(pass) == .wrongService)
        #expect(refusal(one) == .usedUp)
        #expect(throws: LedgerError.unknownExchange) {
            try books.ledger.raise(exchange, to: .zero, overdraft: .zero)
        }
        try books.topup(one, "5", "p1")
        #expect(refusal(one) == nil)
        #expect(refusal(one) == .exchangeHeld)
        let two = try Self.id("b_2")
        try books.open(two)
        #expect(throws: LedgerError.exchangeOfOtherBalance) {
            try books.post(try books.charge(two, "x_1", thousandths: 1))
        }
    }
}
