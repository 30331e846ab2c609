import Billing
import Foundation

@testable import TinyGateway

/// A rule that did not hold, with the seed that shows it again.
struct Broken: Error, CustomStringConvertible {
    let seed: UInt64
    let step: Int
    let rule: String

    var description: String { "seed \(seed), step \(step): \(rule)" }
}

/// One life of the books: clients, upstreams, an operator, a clock and a disk that all follow from
/// a seed. The books, the writer, the start after a crash are the gateway's own; only the thread,
/// the time and the disk are not.
final class Simulation {
    /// A request that is under way.
    struct Exchange {
        let ticket: HoldTicket
        var hold: Money
        /// Posted and not answered yet.
        var isPosted = false
    }

    let loop: EventLoop

    let seed: UInt64
    var chance: Chance
    var step = 0
    let directory: String
    var now = Timestamp(millisecondsSince1970: 1_795_000_000_000)
    var books: Books
    var disk: SimulatedDisk
    var model = Model()
    var balances: [BalanceID] = []
    var passes: [BalanceID] = []
    var open: [ExchangeID: Exchange] = [:]
    var order: [ExchangeID] = []
    /// What a caller was told to be durable: the number of its line.
    var acknowledged: [Int64: String] = [:]
    /// Calls of `post` and of their `done`.
    var posted = 0
    var answered = 0
    var number = 0
    private let clock = SimulatedClock()
    private(set) var table = PriceTable.default

    init(seed: UInt64, directory: String, loop: EventLoop) throws {
        self.loop = loop
        self.seed = seed
        self.directory = directory
        chance = Chance(seed: seed)
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        clock.now = now
        let clock = self.clock
        var device: SimulatedDisk?
        books = try Books.open(
            directory: directory, loop: loop, prices: table, terms: BillingTerms(),
            mode: .serve, clock: { clock.now }, isThreaded: false,
            device: { file in
                let made = SimulatedDisk(file)
                device = made
                return made
            })
        guard let device else { throw Broken(seed: seed, step: 0, rule: "a disk") }
        disk = device
    }

    func fail(_ rule: String) -> Broken { Broken(seed: seed, step: step, rule: rule) }

    func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws {
        if !holds { throw fail(rule()) }
    }

    /// Starts again after a crash or a stop.
    func reopen() throws {
        clock.now = now
        let clock = self.clock
        if chance.isOne(in: 4) { table = changed(table) }
        var device: SimulatedDisk?
        do {
            books = try Books.open(
                directory: directory, loop: loop, prices: table, terms: BillingTerms(),
                mode: .serve, clock: { clock.now }, isThreaded: false,
                device: { file in
                    let made = SimulatedDisk(file)
                    device = made
                    return made
                })
        } catch {
            throw fail("the books do not open: \(error)")
        }
        guard let device else { throw fail("a disk") }
        disk = device
    }

    /// Lets time pass; sometimes the clock is set back.
    func pass(_ milliseconds: Int64) {
        now = Timestamp(millisecondsSince1970: max(0, now.millisecondsSince1970 + milliseconds))
        clock.now = now
    }

    private func changed(_ table: PriceTable) -> PriceTable {
        guard let model = ModelName("gpt-5.4-mini"), let from = CivilDay("2026-01-01"),
            let input = TokenPrice("0.0\(1 + chance.next(below: 98))"),
            let output = TokenPrice("0.\(1 + chance.next(below: 98))")
        else { return table }
        return table.replacing(PriceRow(model: model, from: from, input: input, output: output))
    }

    /// Runs until the last step, then checks the whole once more.
    func run(steps: Int) throws {
        try openBalances()
        while step < steps {
            step += 1
            try act()
            try model.read(self)
            try checkBooks()
        }
        try stop()
        try reopen()
        try model.read(self)
        try stop()
    }
}

/// The time that the books see.
final class SimulatedClock {
    var now = Timestamp(millisecondsSince1970: 0)
}
