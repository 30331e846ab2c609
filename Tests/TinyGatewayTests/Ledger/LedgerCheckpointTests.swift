import Billing
import Testing

@testable import TinyGateway

@Suite struct LedgerCheckpointTests {
    let harness = BooksHarness()

    func decode(_ bytes: [UInt8]) -> Ledger? { Checkpoint.decode(bytes.span) }

    func makeLedger() throws {
        try harness.open()
        harness.fund()
        for index in 0..<5 {
            let ticket = try harness.admit("\(index)")
            #expect(isDurable(harness.post(harness.charge(ticket))))
        }
        harness.close()
    }

    @Test func aStartFromItIsTheSameAsOneFromTheBeginning() throws {
        try makeLedger()
        let short = try harness.open().ledger
        harness.close()
        try Files.remove(harness.directory + "/checkpoint")
        let long = try harness.open().ledger
        harness.close()
        #expect(short == long)
    }

    @Test func oneThatIsAlteredOrOfOtherLinesIsIgnored() throws {
        try makeLedger()
        let good = harness.bytes("checkpoint")
        let whole = harness.bytes()
        for position in stride(from: 0, to: good.count, by: 31) {
            var bytes = good
            bytes[position] ^= 1
            #expect(decode(bytes) == nil, "byte \(position)")
            #expect(decode([UInt8](good[..<position])) == nil)
        }
        // A ledger that was cut, so that the checkpoint is ahead of it.
        try harness.setLedger([UInt8](whole[..<(whole.count - 10)]))
        let books = try harness.open()
        #expect(books.report.checkpointIgnored == "it does not belong to this ledger")
        #expect(books.report.torn != nil && books.ledger.seq == 8)
        harness.close()
        // A checkpoint of another ledger.
        let another = BooksHarness()
        try another.open()
        another.fund()
        another.close()
        try Files.replace(another.directory + "/checkpoint", good, mode: 0o600)
        #expect(try another.open().report.checkpointIgnored != nil)
        another.close()
    }

    @Test func theIdlePassVerifiesWhatWasNotRead() throws {
        try makeLedger()
        var bytes = harness.bytes()
        bytes[400] ^= 1
        try harness.setLedger(bytes)
        let books = try harness.open()
        var found: LedgerDamage?
        books.onDamage = { found = $0 }
        for _ in 0..<3 { books.idle() }
        #expect(found?.line == 2)
        harness.close()
    }

    @Test func theIdlePassInSmallStepsComesToTheCheckpoint() throws {
        try makeLedger()
        let file = try File(harness.ledgerPath, .read)
        let decoded = decode(harness.bytes("checkpoint"))
        let ledger = try #require(decoded)
        let check = IdleCheck(file, to: LedgerTail(of: ledger))
        var outcome = IdleCheck.Outcome.more
        var steps = 0
        while outcome == .more && steps < 1000 {
            outcome = check.step(bytes: 100)
            steps += 1
        }
        #expect(outcome == .intact && steps > 5)
    }
}
