import Billing
import Foundation

@testable import TinyGateway

extension Simulation {
    func openBalances() throws {
        guard let account = AccountID("a_1") else { throw fail("an account") }
        for name in ["b_1", "b_2", "b_3", "b_link"] {
            guard let id = BalanceID(name) else { throw fail("a balance") }
            let service: Service = name == "b_link" ? .link : name == "b_3" ? .boost : .pay
            post(
                .balance(
                    BalanceEntry(balance: id, account: account, service: service, label: name)))
            if service == .link { passes.append(id) } else { balances.append(id) }
        }
        for _ in 0..<8 { books.step() }
        try model.read(self)
    }

    /// One thing that happens.
    func act() throws {
        switch chance.next(below: 40) {
        case 0..<8: books.step()
        case 8..<15: try begin()
        case 15..<17: try raise()
        case 17: drop()
        case 18..<26: try finish()
        case 26..<28: try credit()
        case 28: try grant()
        case 29: try refund()
        case 30: try renew()
        case 31: pass(Int64(chance.next(below: 10_000)))
        case 32: pass(Int64(chance.next(below: 9 * 86_400_000)))
        case 33: pass(-Int64(chance.next(below: 60_000)))
        case 34: books.expireDue()
        case 35: books.idle()
        case 36: try abandon()
        case 37: breakDisk()
        case 38: if chance.isOne(in: 2) { try crash() }
        default:
            if chance.isOne(in: 5) {
                try stop()
                try reopen()
            }
        }
    }

    /// Posts, and notes what the caller is told.
    func post(_ entry: LedgerEntry) {
        posted += 1
        let exchange = entry.exchangeID
        books.post(entry) { self.hear($0, exchange) }
    }

    private func hear(_ outcome: PostOutcome, _ exchange: ExchangeID?) {
        answered += 1
        if case .durable(let seq, _) = outcome {
            acknowledged[seq] = exchange?.text ?? ""
        }
        guard let exchange else { return }
        switch outcome {
        case .durable, .voided: forget(exchange)
        // The hold stays: its exchange is found again at the next start.
        case .refused, .repeated, .syncFailed, .closed: break
        }
    }

    func forget(_ exchange: ExchangeID) {
        open[exchange] = nil
        order.removeAll { $0 == exchange }
    }

    // MARK: Clients

    private func begin() throws {
        number += 1
        guard let id = ExchangeID("x_\(number)") else { throw fail("an exchange") }
        let balance = chance.pick(balances)
        let hold = books.terms.minimumHold
        let before = books.ledger.available(balance, at: books.now)
        do {
            let ticket = try books.admit(balance, exchange: id, hold: hold)
            try require(before > .zero, "admitted on \(before.text)")
            open[id] = Exchange(ticket: ticket, hold: hold)
            order.append(id)
        } catch let error as AdmissionError {
            if case .refused = error {
                try require(before <= .zero, "refused on \(before.text)")
            } else {
                try require(books.condition != .open, "refused while the disk is well")
            }
        }
    }

    /// An exchange that has not been posted.
    private func running() -> Exchange? {
        let running = order.compactMap { open[$0] }.filter { !$0.isPosted }
        return running.isEmpty ? nil : chance.pick(running)
    }

    private func raise() throws {
        guard var exchange = running() else { return }
        let amount = Money(picodollars: Int128(chance.next(below: 9_000)) * 100_000_000)
        do {
            try books.raise(exchange.ticket, to: amount, overdraft: books.terms.overdraft)
            exchange.hold = max(exchange.hold, amount)
            open[exchange.ticket.exchange] = exchange
        } catch LedgerError.overdraftReached {
            drop(exchange)
        }
    }

    private func drop() {
        if let exchange = running() { drop(exchange) }
    }

    private func drop(_ exchange: Exchange) {
        books.drop(exchange.ticket)
        forget(exchange.ticket.exchange)
    }

    // MARK: Upstreams

    private func finish() throws {
        guard let exchange = running() else { return }
        let ticket = exchange.ticket
        guard let model = ModelName(chance.pick(["gpt-5.4-mini", "gpt-5.5", "gpt-7"])) else {
            throw fail("a model")
        }
        var usage = Usage(
            input: Int64(chance.next(below: 50_000)), output: Int64(chance.next(below: 20_000)))
        usage.cached = Int64(chance.next(below: Int(usage.input) + 1))
        if chance.isOne(in: 12) { usage.cached = usage.input + 1 }
        open[ticket.exchange]?.isPosted = true
        let fast = chance.isOne(in: 3)
        let price = try? books.prices.table.charge(
            usage, model: model, fast: fast, at: ticket.began)
        guard let price else {
            return post(
                .void(
                    VoidEntry(
                        balance: ticket.balance, id: ticket.exchange, began: ticket.began,
                        response: "", model: model, reason: .noUsage)))
        }
        self.model.expect(price.amount, hold: exchange.hold, on: ticket.balance)
        post(
            .charge(
                ChargeEntry(
                    balance: ticket.balance, id: ticket.exchange, began: ticket.began,
                    // An upstream may repeat it.
                    response: "resp_\(chance.next(below: 5))", model: model,
                    table: books.prices.digest, fast: fast, tier: "default", usage: usage,
                    price: price, metered: .exact)))
    }

    private func abandon() throws {
        let waiting = order.compactMap { open[$0] }.filter { $0.isPosted }
        guard case .diskFull = books.condition, !waiting.isEmpty else { return }
        _ = books.abandon(chance.pick(waiting).ticket.exchange)
    }

    // MARK: The operator

    private func credit() throws {
        // Few ids, so that they repeat: with the same sum and with another one.
        let paid = chance.pick(["5", "10", "20"])
        guard let key = PaymentKey("p\(chance.next(below: 30))"), let paid = Money(paid) else {
            throw fail("a payment")
        }
        post(
            .topup(
                books.terms.topup(chance.pick(balances), payment: key, paid: paid, at: books.now)))
    }

    private func grant() throws {
        guard let key = PaymentKey("g\(chance.next(below: 20))"),
            let amount = Money("0.\(chance.next(below: 9_999) + 1)")
        else { throw fail("a grant") }
        post(
            .grant(
                GrantEntry(
                    balance: chance.pick(balances), id: key, amount: amount, label: "gift",
                    expires: books.now.adding(days: Int64(1 + chance.next(below: 40))))))
    }

    private func renew() throws {
        guard let key = PaymentKey("w\(chance.next(below: 9))") else { throw fail("a payment") }
        let pass = chance.pick(passes)
        let terms = books.terms
        posted += 1
        books.post(
            making: { ledger, moment in
                .pass(
                    terms.pass(
                        pass, payment: key, weeks: 2, current: ledger.balance(pass)?.passExpires,
                        at: moment))
            }, done: { self.hear($0, nil) })
    }

    private func refund() throws {
        guard books.ledger.seq > 6 else { return }
        let seq = Int64(1 + chance.next(below: Int(books.ledger.seq)))
        guard let found = try books.places.line(seq: seq), let key = PaymentKey("r\(seq)") else {
            throw fail("line \(seq) is not found")
        }
        try require(found.line.seq == seq, "line \(seq) is found as \(found.line.seq)")
        posted += 1
        books.post(
            quiet: found.line.entry.balanceID,
            making: { ledger, _ throws(LedgerError) in
                .refund(try ledger.refund(of: found.line, id: key))
            }, done: { self.hear($0, nil) })
    }

    // MARK: Faults

    private func breakDisk() {
        if chance.isOne(in: 6) {
            disk.isSyncFailing = true
        } else {
            disk.failingWrites = 1 + chance.next(below: 6)
        }
    }

    private func crash() throws {
        books.halt()
        loop.run()
        let path = directory + "/ledger.jsonl"
        // A write was under way: a part of what waits stands in the file.
        let isPower = chance.isOne(in: 2)
        if isPower {
            let durable = disk.durable
            try SimulatedDisk.losePower(path, durable: durable, &chance)
        }
        if chance.isOne(in: 4) { try? Files.remove(directory + "/checkpoint") }
        if chance.isOne(in: 4) { try damageCheckpoint() }
        if chance.isOne(in: 3) { pass(Int64(chance.next(below: 40 * 86_400_000))) }
        // Who waited is never told; what is in the file stands.
        answered = posted
        try reopen()
        try checkCrash()
        open.removeAll()
        order.removeAll()
    }

    private func damageCheckpoint() throws {
        let path = directory + "/checkpoint"
        guard var bytes = try? Files.read(path, bytesMax: 1 << 28), !bytes.isEmpty else { return }
        bytes[chance.next(below: bytes.count)] ^= 1 << UInt8(chance.next(below: 8))
        try Files.replace(path, bytes, mode: 0o600)
    }

    /// As SIGTERM: what is under way is written, and running exchanges are not waited for.
    func stop() throws {
        disk.failingWrites = 0
        var isClosed = false
        books.close { isClosed = true }
        for _ in 0..<200 where !isClosed { books.step() }
        try require(isClosed, "the books do not close")
        loop.run()
        try require(answered == posted, "\(posted) posts, \(answered) answers")
        open.removeAll()
        order.removeAll()
        // After a failed sync the file may hold more than anybody was told; the next start says.
        if case .syncFailed = books.condition { return }
        try model.read(self)
        try checkFile()
    }
}
