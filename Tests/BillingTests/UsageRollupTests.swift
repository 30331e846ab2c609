import Testing

@testable import Billing

/// Sums by day go on where a checkpoint left them.
@Suite struct UsageRollupTests {
    let one: BalanceID
    let two: BalanceID

    init() throws {
        one = try BalanceID("b_1").unwrapped
        two = try BalanceID("b_2").unwrapped
    }

    /// Days, balances and responses of all sums, in their order.
    private func sums(_ ledger: Ledger) -> [String] {
        ledger.usage.rows.map { row in
            "\(row.key.day - TestBooks.start.day.number) \(row.key.balance): \(row.sum.responses)"
        }
    }

    private func books() throws -> TestBooks {
        var books = try TestBooks()
        for balance in [one, two] {
            try books.open(balance)
            try books.topup(balance, "100", "p_\(balance.text)")
        }
        return books
    }

    private func charge(_ books: inout TestBooks, _ balance: BalanceID, _ number: Int) throws {
        let id = try ExchangeID("x_\(number)").unwrapped
        try books.ledger.admit(balance, exchange: id, hold: .zero, at: books.now)
        try books.post(try books.charge(balance, id.text, thousandths: 1))
    }

    @Test func aDayGoesOnBehindACheckpoint() throws {
        var books = try books()
        try charge(&books, one, 1)
        books.now = books.now.adding(days: 1)
        for number in 2...4 { try charge(&books, number % 2 == 0 ? one : two, number) }
        #expect(sums(books.ledger) == ["0 0: 1", "1 0: 2", "1 1: 1"])
        books.ledger = try ledger(fromState: books.ledger.encodeState()).unwrapped
        try charge(&books, two, 5)
        try charge(&books, one, 6)
        #expect(sums(books.ledger) == ["0 0: 1", "1 0: 3", "1 1: 2"])
        books.now = books.now.adding(days: 1)
        books.ledger = try ledger(fromState: books.ledger.encodeState()).unwrapped
        try charge(&books, two, 7)
        #expect(sums(books.ledger) == ["0 0: 1", "1 0: 3", "1 1: 2", "2 1: 1"])
        #expect(try books.replayed().usage == books.ledger.usage)
    }

    @Test func daysThatAreTooOldAreForgotten() throws {
        var books = try books()
        let kept = Int64(UsageRollup.daysKept)
        for (number, day) in [0, 1, kept, kept + 1, 3 * kept].enumerated() {
            books.now = TestBooks.start.adding(days: day)
            try books.topup(one, "10", "again_\(number)")
            try charge(&books, one, number)
            try charge(&books, one, number + 10)
        }
        #expect(sums(books.ledger) == ["\(3 * kept) 0: 2"])
    }

    @Test func aCheckpointFromTheFutureIsNone() throws {
        var books = try books()
        try charge(&books, one, 1)
        let state = books.ledger.encodeState()
        let day = Array("\"newest_day\":\(TestBooks.start.day.number)".utf8)
        let later = Array("\"newest_day\":\(TestBooks.start.day.number + 1)".utf8)
        let altered = state.replacing(day, with: later)
        #expect(ledger(fromState: state) != nil && altered != state)
        #expect(ledger(fromState: altered) == nil)
    }
}
