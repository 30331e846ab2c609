import Testing

@testable import Billing

@Suite struct RefundTests {
    private let one: BalanceID
    private let key: PaymentKey

    init() throws {
        one = try BalanceID("b_1").unwrapped
        key = try PaymentKey("r1").unwrapped
    }

    private func line(_ books: TestBooks, _ seq: Int64) throws -> LedgerLine {
        try decode(books.lines[Int(seq) - 1]).line
    }

    @Test func aChargeComesBackOnce() throws {
        var books = try TestBooks()
        try books.open(one)
        try books.topup(one, "10", "p1")
        try books.post(try books.charge(one, "x_1", thousandths: 3000))
        let refund = try books.ledger.refund(of: try line(books, 5), id: key)
        #expect(refund.paid.text == "1.0000")
        #expect(refund.bonus.text == "2.0000")
        try books.post(.refund(refund))
        #expect(try books.balance(one).remaining.text == "30.0000")
        // The same id again is the same refund; another id is refused.
        let again = try books.ledger.refund(of: try line(books, 5), id: key)
        #expect(try books.ledger.check(.refund(again), at: books.now) == .repeated)
        let other = try PaymentKey("r2").unwrapped
        #expect(throws: LedgerError.alreadyRefunded) {
            try books.ledger.refund(of: try line(books, 5), id: other)
        }
        #expect(try books.replayed() == books.ledger)
    }

    @Test func aRefundPaysDebtAndOpensAPoolThatIsOver() throws {
        var books = try TestBooks()
        try books.open(one)
        try books.grant(one, "1", "g1", days: 5)
        try books.post(try books.charge(one, "x_1", thousandths: 1200))
        books.now = books.now.adding(days: 6)
        let refund = try books.ledger.refund(of: try line(books, 5), id: key)
        #expect(refund.bonus.text == "1.2000")
        try books.post(.refund(refund))
        let balance = try books.balance(one)
        #expect(balance.remaining.text == "1.0000")
        #expect(balance.poolExpires == books.now.adding(days: 30))
        #expect(books.ledger.available(one, at: books.now).text == "1.0000")
    }

    @Test func aTopupIsTakenOutAsFarAsItIsThere() throws {
        var books = try TestBooks()
        try books.open(one)
        try books.topup(one, "10", "p1")
        try books.post(try books.charge(one, "x_1", thousandths: 3000))
        let refund = try books.ledger.refund(of: try line(books, 4), id: key)
        #expect(refund.paid.text == "-9.0000")
        #expect(refund.bonus.text == "-18.0000")
        try books.post(.refund(refund))
        #expect(try books.balance(one).remaining == .zero)
        #expect(try books.replayed() == books.ledger)
    }

    @Test func aGrantIsTakenFromItsOwnLot() throws {
        var books = try TestBooks()
        try books.open(one)
        try books.topup(one, "5", "p1")
        try books.grant(one, "2", "g1", days: 60)
        try books.post(.refund(try books.ledger.refund(of: try line(books, 5), id: key)))
        #expect(try books.balance(one).lots.map { $0.kind } == [.pool])
        #expect(try books.balance(one).remaining.text == "5.0000")
    }

    @Test func otherEntriesAreNot() throws {
        var books = try TestBooks()
        try books.open(one)
        for seq in Int64(1)...3 {
            #expect(throws: LedgerError.notRefundable) {
                try books.ledger.refund(of: try line(books, seq), id: key)
            }
        }
    }
}
