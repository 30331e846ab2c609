import Billing
import Testing

@testable import TinyGateway

@Suite struct LedgerInflightTests {
    let harness = BooksHarness()

    func slot(_ name: String) -> InflightSlot {
        InflightSlot(
            exchange: ExchangeID("x_" + name)!, balance: BooksHarness.balance, began: harness.now,
            hold: 10, ledgerOffset: 20)
    }

    @Test func whatIsOpenIsFoundAndWhatIsClosedIsNot() throws {
        let path = harness.directory + "/inflight"
        let inflight = try Inflight(path: path)
        let count = Inflight.segmentSlots + 10
        var numbers: [Int] = []
        for index in 0..<count { numbers.append(try inflight.open(slot("\(index)"))) }
        for index in 0..<count where index % 100 != 0 { inflight.close(numbers[index]) }
        inflight.update(numbers[100], hold: 77)
        let open = try Inflight.leftOpen(path: path)
        #expect(open.count == inflight.openCount && open.count == (count + 99) / 100)
        #expect(open[1].hold == 77 && open[1].exchange.text == "x_100")
        #expect(open[0] == slot("0"))
        let again = try inflight.open(slot("again"))
        #expect(numbers.contains(again), "a slot is used again")
        #expect(try Inflight(path: path).openCount == 0)
        #expect(try Inflight.leftOpen(path: path).isEmpty)
        #expect(try Inflight.leftOpen(path: path + "-none").isEmpty)
    }

    @Test func longIdentifiersFit() throws {
        let long = String(repeating: "x", count: 62)
        let slot = InflightSlot(
            exchange: ExchangeID("x_" + long.prefix(22))!, balance: BalanceID("b_" + long)!,
            began: harness.now, hold: .max, ledgerOffset: .max)
        let path = harness.directory + "/inflight"
        let inflight = try Inflight(path: path)
        _ = try inflight.open(slot)
        #expect(try Inflight.leftOpen(path: path) == [slot])
    }

    @Test func halfWrittenSlotsAreNotSlots() {
        func read(_ bytes: [UInt8]) -> InflightSlot? { InflightSlot(bytes.span) }
        #expect(read([UInt8](repeating: 255, count: 128)) == nil)
        #expect(read([UInt8](repeating: 0, count: 128)) == nil)
        #expect(read([1] + [UInt8](repeating: 255, count: 127)) == nil)
        #expect(read([1] + [UInt8](repeating: 0, count: 127)) == nil)
    }

    @Test func aCrashVoidsWhatWasOpenAndListsWhatWasCharged() throws {
        try harness.open()
        harness.fund()
        let open = try harness.admit("open")
        let charged = try harness.admit("charged")
        let dropped = try harness.admit("dropped")
        let slots = harness.bytes("inflight")
        harness.books?.drop(dropped)
        #expect(isDurable(harness.post(harness.charge(charged))))
        harness.close()
        // As if the process had been killed before it closed the slot of `charged`, with and
        // without the checkpoint.
        for name in ["checkpoint", "none"] {
            try Files.replace(harness.directory + "/inflight", slots, mode: 0o600)
            try Files.remove(harness.directory + "/" + name)
            let report = try harness.open().report
            let first = name == "checkpoint"
            #expect(report.crashVoids == (first ? [open.exchange, dropped.exchange] : []))
            #expect(report.unsettled.map { $0.exchange } == [charged.exchange])
            #expect(harness.books?.inflight.openCount == 0)
            harness.close()
        }
        #expect(try Inflight.leftOpen(path: harness.directory + "/inflight").isEmpty)
        let report = try Books.verify(directory: harness.directory)
        #expect(report.isIntact && report.entryCount == 7)
        try harness.open()
        #expect(harness.books?.report == OpenReport())
        harness.close()
    }

    @Test func aSlotOfABalanceThatDoesNotExistIsForgotten() throws {
        try harness.open()
        harness.close()
        let inflight = try Inflight(path: harness.directory + "/inflight")
        _ = try inflight.open(slot("stray"))
        let books = try harness.open()
        #expect(books.report.crashVoids.isEmpty && books.ledger.seq == 2)
        harness.close()
    }
}
