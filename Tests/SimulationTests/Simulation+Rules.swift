import Billing
import Foundation

@testable import TinyGateway

extension Simulation {
    /// What must hold after every step.
    func checkBooks() throws {
        let ledger = books.ledger
        try require(answered <= posted, "answered more often than posted")
        for id in balances {
            guard let balance = ledger.balance(id) else { throw fail("\(id.text) is gone") }
            let expected = model.remaining[id] ?? .zero
            try require(
                balance.remaining == expected,
                "\(id.text) has \(balance.remaining.text), by addition \(expected.text)")
            let holds = order.compactMap { open[$0] }.filter { $0.ticket.balance == id }
            var held = Money.zero
            for hold in holds { held += hold.hold }
            try require(
                balance.held == held && balance.holdCount == holds.count,
                "\(id.text) holds \(balance.held.text), open exchanges \(held.text)")
            let bound =
                books.terms.overdraft + books.terms.minimumHold + (model.excess[id] ?? .zero)
            try require(
                balance.debt <= bound,
                "\(id.text) owes \(balance.debt.text), at most \(bound.text)")
        }
        for seq in acknowledged.keys {
            try require(seq <= model.seq, "line \(seq) is acknowledged and not in the file")
        }
    }

    /// What must hold after a start that followed a crash.
    func checkCrash() throws {
        try model.read(self)
        for (exchange, _) in open {
            try require(
                model.exchanges[exchange] == 1,
                "\(exchange.text) was open at the crash and is in the ledger "
                    + "\(model.exchanges[exchange] ?? 0) times")
        }
        try require(
            books.ledger.holds.isEmpty, "holds after a crash")
    }

    /// What must hold of the file, read from its first byte by nothing that wrote it.
    func checkFile() throws {
        var whole = Model()
        try whole.read(self)
        try require(whole.remaining == model.remaining, "the file adds up to something else")
        for (seq, exchange) in acknowledged {
            try require(whole.lines[seq] == exchange, "line \(seq) was acknowledged as another one")
        }
        let report = try Books.verify(directory: directory)
        try require(report.isIntact, "verify: \(report.damage?.text ?? "")")
        try require(report.unfinishedBytes == 0, "unfinished bytes")
        try require(report.entryCount == whole.seq, "verify counts \(report.entryCount)")
        var replay = LedgerReplay()
        let file = try File(directory + "/ledger.jsonl", .read)
        let damage = try replay.run(file, to: try file.size())
        try require(damage == nil, "replay: \(damage?.text ?? "")")
        var known = books.ledger
        for exchange in known.holds.keys { known.release(exchange) }
        try require(replay.ledger == known, "a replay makes other books")
        if case .matching(let ledger) = try Checkpoint.find(
            LedgerFolder(directory: directory), file)
        {
            var rest = LedgerReplay(after: ledger)
            let damage = try rest.run(file, to: try file.size())
            try require(damage == nil && rest.ledger == known, "the checkpoint makes other books")
        }
    }
}
