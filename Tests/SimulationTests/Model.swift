import Billing

@testable import TinyGateway

/// An independent account of the books: what the file's lines add up to, by plain addition.
struct Model {
    var seq: Int64 = 0
    private var offset: Int64 = 0
    private var at = ""
    var remaining: [BalanceID: Money] = [:]
    /// What each exchange has come to: entries.
    var exchanges: [ExchangeID: Int] = [:]
    /// The exchange of each line, empty for lines of none.
    var lines: [Int64: String] = [:]
    /// How far charges went beyond their holds, and money was taken out while holds were open.
    var excess: [BalanceID: Money] = [:]
    private var keys: Set<String> = []

    /// Notes what a charge will cost beyond what was held for it.
    mutating func expect(_ amount: Money, hold: Money, on balance: BalanceID) {
        if amount > hold { excess[balance, default: .zero] += amount - hold }
    }

    /// Takes the lines that are new and that the books have applied.
    mutating func read(_ simulation: Simulation) throws {
        let end = simulation.books.ledger.end
        guard offset < end else { return }
        let file = try File(simulation.directory + "/ledger.jsonl", .read)
        var bytes = [UInt8](repeating: 0, count: Int(end - offset))
        _ = try file.read(into: &bytes, at: 0, offset: offset)
        for text in bytes.split(separator: UInt8(ascii: "\n")) {
            let line: LedgerLine
            do {
                line = try LedgerFormat.decode(Array(text).span).line
            } catch {
                throw simulation.fail("line \(seq + 1) does not read")
            }
            try take(line, simulation)
        }
        offset = end
    }

    private mutating func take(_ line: LedgerLine, _ simulation: Simulation) throws {
        try simulation.require(line.seq == seq + 1, "line \(line.seq) after \(seq)")
        try simulation.require(line.at.text >= at, "time runs back at line \(line.seq)")
        seq = line.seq
        at = line.at.text
        lines[seq] = line.entry.exchangeID?.text ?? ""
        if let exchange = line.entry.exchangeID {
            exchanges[exchange, default: 0] += 1
            try simulation.require(
                exchanges[exchange] == 1, "\(exchange.text) is settled a second time")
        }
        switch line.entry {
        case .topup(let entry):
            try isNew("payment " + entry.payment.text, simulation)
            remaining[entry.balance, default: .zero] += entry.paid + entry.bonus
        case .pass(let entry): try isNew("payment " + entry.payment.text, simulation)
        case .grant(let entry):
            try isNew("id " + entry.id.text, simulation)
            remaining[entry.balance, default: .zero] += entry.amount
        case .charge(let entry): remaining[entry.balance, default: .zero] -= entry.amount
        case .expire(let entry):
            remaining[entry.balance, default: .zero] -= entry.paid + entry.bonus
        case .refund(let entry):
            try isNew("id " + entry.id.text, simulation)
            try isNew("refund of \(entry.entry)", simulation)
            let sum = entry.paid + entry.bonus
            remaining[entry.balance, default: .zero] += sum
            if sum < .zero { excess[entry.balance, default: .zero] -= sum }
        case .balance, .extend, .void, .ledger, .prices, .note: break
        }
    }

    private mutating func isNew(_ key: String, _ simulation: Simulation) throws {
        try simulation.require(keys.insert(key).inserted, "\(key) is booked twice")
    }
}
