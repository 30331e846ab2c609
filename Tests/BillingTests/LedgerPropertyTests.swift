import Testing

@testable import Billing

/// SplitMix64: the same numbers for the same seed on every machine.
private struct Chance {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return Int((value ^ value >> 31) % UInt64(limit))
    }
}

@Suite struct LedgerPropertyTests {
    @Test(arguments: 1...40)
    func randomLivesAddUp(seed: Int) throws {
        var life = try Life(seed: UInt64(seed))
        for step in 0..<150 {
            try life.step(step)
            try life.expectSound()
        }
        // What a restart knows is what we know, holds aside.
        for exchange in life.open.keys { life.books.ledger.release(exchange) }
        let replayed = try life.books.replayed()
        #expect(replayed == life.books.ledger)
        let state = replayed.encodeState()
        #expect(ledger(fromState: state) == replayed)
        for length in stride(from: 0, to: state.count, by: 97) {
            #expect(ledger(fromState: Array(state[..<length])) == nil)
        }
        for line in life.books.lines {
            #expect(LedgerFormat.encode(try decode(line).line) == line)
        }
    }
}

/// A ledger that random things happen to, and an independent account of its money.
private struct Life {
    var books: TestBooks
    var chance: Chance
    var ids: [BalanceID] = []
    /// What each balance should have left, by plain addition.
    var expected: [BalanceID: Money] = [:]
    var open: [ExchangeID: (balance: BalanceID, began: Timestamp)] = [:]
    var number = 0

    init(seed: UInt64) throws {
        books = try TestBooks()
        chance = Chance(state: seed)
        for name in ["b_1", "b_2", "b_3"] {
            let id = try BalanceID(name).unwrapped
            try books.open(id, name == "b_3" ? .boost : .pay)
            ids.append(id)
            expected[id] = .zero
        }
    }

    mutating func step(_ step: Int) throws {
        number += 1
        let id = ids[chance.next(below: ids.count)]
        switch chance.next(below: 12) {
        case 0:
            let paid = [5, 10, 20, 100][chance.next(below: 4)]
            try books.topup(id, "\(paid)", "p\(number)")
            expected[id, default: .zero] += try Money("\(paid < 10 ? paid : paid * 3)").unwrapped
        case 1:
            try books.grant(id, "0.75", "g\(number)", days: Int64(1 + chance.next(below: 60)))
            expected[id, default: .zero] += try Money("0.75").unwrapped
        case 2: books.now = books.now.adding(days: Int64(chance.next(below: 9)))
        case 3:
            for entry in books.ledger.dueExpiries(at: books.now) {
                try books.post(entry)
                guard case .expire(let expire) = entry else { continue }
                expected[expire.balance, default: .zero] -= expire.paid + expire.bonus
            }
        case 4: try refund()
        case 5, 6, 7: try admit(id)
        default: try settle()
        }
    }

    private mutating func admit(_ id: BalanceID) throws {
        let exchange = try ExchangeID("x_\(number)").unwrapped
        let available = books.ledger.available(id, at: books.now)
        do {
            try books.ledger.admit(
                id, exchange: exchange, hold: try Money("0.01").unwrapped, at: books.now)
            #expect(available > .zero)
            open[exchange] = (id, books.now)
        } catch {
            #expect([LedgerError.usedUp, .expired].contains(error as? LedgerError))
            #expect(available <= .zero)
        }
    }

    private mutating func settle() throws {
        guard let exchange = open.keys.min(by: { $0.text < $1.text }), let one = open[exchange]
        else { return }
        open[exchange] = nil
        if chance.next(below: 5) == 0 {
            try books.post(try books.void(one.balance, exchange.text))
            return
        }
        let amount = Int64(chance.next(below: 4000))
        try books.post(
            try books.charge(one.balance, exchange.text, thousandths: amount, began: one.began))
        expected[one.balance, default: .zero] -= Money(
            picodollars: Int128(amount) * 1_000_000_000)
    }

    private mutating func refund() throws {
        let index = chance.next(below: books.lines.count)
        let line = try decode(books.lines[index]).line
        let key = try PaymentKey("r\(number)").unwrapped
        do {
            let refund = try books.ledger.refund(of: line, id: key)
            try books.post(.refund(refund))
            expected[refund.balance, default: .zero] += refund.paid + refund.bonus
        } catch {
            #expect([.notRefundable, .alreadyRefunded, .nothingToRefund].contains(error))
        }
    }

    func expectSound() throws {
        var held = 0
        for id in ids {
            let balance = try books.balance(id)
            var sum = -balance.debt
            for lot in balance.lots { sum += lot.paid + lot.bonus }
            #expect(balance.remaining == sum)
            #expect(balance.remaining == expected[id])
            #expect(balance.isSound)
            #expect(balance.held == Money(picodollars: Int128(balance.holdCount) * 10_000_000_000))
            held += balance.holdCount
        }
        #expect(held == open.count)
        #expect(books.ledger.holds.count == open.count)
    }
}
