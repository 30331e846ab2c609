import Billing
import Testing

@testable import TinyGateway

@Suite struct LedgerFailingDiskTests {
    let harness = BooksHarness()

    func openFailing() throws -> (Books, FailingDevice) {
        var device: FailingDevice?
        let books = try harness.open { file in
            let made = FailingDevice(file)
            device = made
            return made
        }
        harness.fund()
        guard let device else { preconditionFailure("a device") }
        return (books, device)
    }

    @Test func failedAndShortWritesAreCutBackAndTriedAgain() throws {
        let (books, device) = try openFailing()
        var conditions: [LedgerCondition] = []
        books.onConditionChange = { conditions.append($0) }
        let noSpace = FailingDevice.Answer.error(FailingDevice.noSpace)
        device.failWrites([noSpace, .short(0), .short(1), .short(100), .short(300), noSpace])
        let ticket = try harness.admit("1")
        #expect(isDurable(harness.post(harness.charge(ticket))))
        harness.run { books.condition == .open }
        #expect(conditions.allSatisfy { $0 == .open || $0 == .diskFull(code: 28) })
        harness.close()
        #expect(try Books.verify(directory: harness.directory).isIntact)
    }

    @Test func whileTheDiskIsFullNothingBillableIsAdmitted() throws {
        let (books, device) = try openFailing()
        let ticket = try harness.admit("1")
        device.fill()
        var outcome: PostOutcome?
        books.post(harness.charge(ticket)) { outcome = $0 }
        harness.run { books.condition != .open }
        #expect(outcome == nil)
        #expect(books.ledger.holds.count == 1, "the hold is kept")
        #expect(throws: AdmissionError.diskFull) { _ = try harness.admit("2") }
        device.makeRoom()
        harness.run { outcome != nil }
        #expect(isDurable(outcome))
        harness.run { books.condition == .open }
        books.drop(try harness.admit("2"))
        harness.close()
    }

    @Test func anAbandonedChargeBecomesAVoidAndLaterLinesAreChainedAnew() throws {
        let (books, device) = try openFailing()
        var tickets: [HoldTicket] = []
        for index in 0..<6 { tickets.append(try harness.admit("\(index)")) }
        device.fill()
        var outcomes = [PostOutcome?](repeating: nil, count: 6)
        for index in 0..<6 {
            books.post(harness.charge(tickets[index])) { outcomes[index] = $0 }
            if index == 2 { harness.run { books.condition != .open } }
        }
        // 0 and 1 may stand in the batch that waits, 4 in the queue behind it.
        harness.run { books.abandon(tickets[1].exchange) }
        harness.run { books.abandon(tickets[4].exchange) }
        device.makeRoom()
        harness.run { !outcomes.contains { $0 == nil } }
        #expect(outcomes[1] == .voided && outcomes[4] == .voided)
        for index in [0, 2, 3, 5] { #expect(isDurable(outcomes[index])) }
        #expect(books.ledger.balance(BooksHarness.balance)?.remaining == Money("59.9956"))
        #expect(books.ledger.holds.isEmpty && books.inflight.openCount == 0)
        #expect(!books.abandon(tickets[0].exchange), "what is durable stands")
        harness.close()
        let report = try Books.verify(directory: harness.directory)
        #expect(report.isIntact && report.entryCount == 10)
    }

    @Test func aFailedSyncIsFinal() throws {
        let (books, device) = try openFailing()
        let tickets = [try harness.admit("1"), try harness.admit("2")]
        device.failSync(FailingDevice.badDisk)
        #expect(harness.post(harness.charge(tickets[0])) == .syncFailed)
        harness.run { books.condition == .syncFailed(code: 5) }
        #expect(harness.post(harness.charge(tickets[1])) == .syncFailed)
        #expect(harness.post(.note(NoteEntry(text: "late"))) == .syncFailed)
        #expect(throws: AdmissionError.syncFailed) { _ = try harness.admit("3") }
        #expect(books.ledger.seq == 4)
        let slots = harness.bytes("inflight")
        harness.close()
        #expect(harness.bytes("inflight") == slots, "the open exchanges stay noted")

        // What the file holds stands, and is listed; what it does not hold is void.
        let again = try harness.open()
        #expect(again.report.unsettled.map { $0.exchange } == [tickets[0].exchange])
        #expect(again.report.crashVoids == [tickets[1].exchange])
        harness.close()
        #expect(try Books.verify(directory: harness.directory).isIntact)
    }

    @Test func closingWithAFullDiskGivesUpAndTheNextStartVoids() throws {
        let (books, device) = try openFailing()
        let ticket = try harness.admit("1")
        device.fill()
        var outcome: PostOutcome?
        books.post(harness.charge(ticket)) { outcome = $0 }
        harness.run { books.condition != .open }
        harness.close()
        #expect(outcome == .closed)
        let again = try harness.open()
        #expect(again.report.crashVoids == [ticket.exchange])
        #expect(again.ledger.balance(BooksHarness.balance)?.remaining == Money("60"))
        harness.close()
    }
}
