import Billing
import Testing

@testable import TinyGateway

/// What a start makes of a file that is not as it was written.
@Suite struct LedgerTornTests {
    let harness = BooksHarness()

    /// Two lines of a new ledger, balance, top-up, two charges: six lines, each of a batch of its
    /// own.
    func makeLedger() throws -> [UInt8] {
        try harness.open()
        harness.fund()
        for name in ["1", "2"] {
            let ticket = try harness.admit(name)
            #expect(isDurable(harness.post(harness.charge(ticket))))
        }
        harness.close()
        try Files.remove(harness.directory + "/checkpoint")
        return harness.bytes()
    }

    /// What opening says: the seq reached, a torn offset, or the damaged line.
    enum Opened: Equatable {
        case intact(Int64)
        case torn(offset: Int64, seq: Int64)
        case damaged(line: Int64, offset: Int64)
    }

    func openAgain(_ bytes: [UInt8]) throws -> Opened {
        try harness.setLedger(bytes)
        do throws(BooksError) {
            let books = try harness.open()
            let torn = books.report.torn
            let seq = books.ledger.seq
            harness.close()
            try? Files.remove(harness.directory + "/checkpoint")
            guard let torn else { return .intact(seq) }
            let saved = (try? Files.read(torn.savedAs, bytesMax: 1 << 20)) ?? []
            #expect(saved == [UInt8](bytes[Int(torn.offset)...]), "what is cut is kept")
            try? Files.remove(torn.savedAs)
            return .torn(offset: torn.offset, seq: seq)
        } catch let error {
            guard case .damaged(let damage) = error else { throw error }
            #expect(harness.bytes() == bytes, "damage is left as it is")
            return .damaged(line: damage.line, offset: damage.offset)
        }
    }

    func lineStarts(_ bytes: [UInt8]) -> [Int] {
        [0] + bytes.indices.filter { bytes[$0] == 10 && $0 + 1 < bytes.count }.map { $0 + 1 }
    }

    @Test func anEndCutAtAnyByteOfTheLastLineIsTorn() throws {
        let whole = try makeLedger()
        let last = try #require(lineStarts(whole).last)
        #expect(try openAgain(whole) == .intact(6))
        for end in stride(from: last + 1, to: whole.count, by: 29) {
            let opened = try openAgain([UInt8](whole[..<end]))
            #expect(opened == .torn(offset: Int64(last), seq: 5), "cut at \(end)")
        }
        #expect(
            try openAgain([UInt8](whole[..<(whole.count - 1)]))
                == .torn(offset: Int64(last), seq: 5))
        #expect(try openAgain([UInt8](whole[..<last])) == .intact(5))
    }

    @Test func aFileCutInItsFirstLinesIsBegunAnew() throws {
        let whole = try makeLedger()
        for end in [1, 20, lineStarts(whole)[1] - 1] {
            #expect(try openAgain([UInt8](whole[..<end])) == .torn(offset: 0, seq: 2))
        }
        #expect(try openAgain([]) == .intact(2))
    }

    @Test func lostPagesAreTornOnlyBehindWhatIsKnownDurable() throws {
        let whole = try makeLedger()
        let starts = lineStarts(whole)
        // NULs from the middle of a line to the end of the file.
        for index in 3..<starts.count {
            var bytes = whole
            for byte in (starts[index] + 40)..<bytes.count { bytes[byte] = 0 }
            let opened = try openAgain(bytes)
            #expect(opened == .torn(offset: Int64(starts[index]), seq: Int64(index)))
        }
        // NULs in a line that a later, intact line knows to be durable.
        for index in 1..<(starts.count - 1) {
            var bytes = whole
            for byte in (starts[index] + 40)..<(starts[index] + 60) { bytes[byte] = 0 }
            let opened = try openAgain(bytes)
            #expect(opened == .damaged(line: Int64(index + 1), offset: Int64(starts[index])))
        }
        // NULs up to where an intact line begins.
        var bytes = whole
        let last = starts.count - 1
        for byte in starts[last - 1]..<starts[last] { bytes[byte] = 0 }
        let opened = try openAgain(bytes)
        #expect(opened == .damaged(line: Int64(last), offset: Int64(starts[last - 1])))
        // A file that was lengthened and never filled.
        let lengthened = whole + [UInt8](repeating: 0, count: 200_000)
        #expect(try openAgain(lengthened) == .torn(offset: Int64(whole.count), seq: 6))
    }

    @Test func aFlippedBitAnywhereInALineIsFound() throws {
        let whole = try makeLedger()
        var check = LedgerCheck()
        func isGood(_ line: [UInt8], _ check: LedgerCheck) -> Bool {
            var check = check
            do throws(LineFault) { _ = try check.take(line.span) } catch { return false }
            return true
        }
        for line in whole.split(separator: 10).map({ [UInt8]($0) }) {
            for position in line.indices {
                var bytes = line
                bytes[position] ^= 1 << UInt8(position % 8)
                #expect(!isGood(bytes, check), "byte \(position) of \(line.count)")
            }
            _ = try check.take(line.span)
        }
        #expect(check.tail.seq == 6)
    }

    @Test func aFlippedBitIsDamageOrAtTheVeryEndTorn() throws {
        let whole = try makeLedger()
        let starts = lineStarts(whole)
        let positions = Array(stride(from: 0, to: whole.count, by: 61)) + [whole.count - 1]
        for position in positions + starts.dropFirst().map({ $0 - 1 }) {
            var bytes = whole
            bytes[position] ^= 1 << UInt8(position % 8)
            try harness.setLedger(bytes)
            let line = try #require(starts.lastIndex { $0 <= position })
            let report = try Books.verify(directory: harness.directory)
            #expect(report.entryCount == line, "byte \(position)")
            #expect(!report.isIntact || report.unfinishedBytes > 0, "byte \(position)")
            // Without its last line end, or with a NUL, the last line cannot be told from a torn
            // one.
            let isTorn = line == starts.count - 1 && (bytes.last != 10 || bytes.contains(0))
            let expected =
                isTorn
                ? Opened.torn(offset: Int64(starts[line]), seq: Int64(line))
                : Opened.damaged(line: Int64(line + 1), offset: Int64(starts[line]))
            #expect(try openAgain(bytes) == expected, "byte \(position)")
        }
    }

    @Test func repairShowsAndWhenAllowedCuts() throws {
        let whole = try makeLedger()
        let starts = lineStarts(whole)
        var bytes = whole
        bytes[starts[3] + 50] ^= 1
        try harness.setLedger(bytes)
        let mode = LedgerMode.command(waitSeconds: 0)
        let shown = try Books.repair(directory: harness.directory, isCutting: false, mode: mode)
        #expect(shown.damage?.line == 4 && shown.entryCount == 3 && shown.savedAs == nil)
        #expect(harness.bytes() == bytes)
        let cut = try Books.repair(directory: harness.directory, isCutting: true, mode: mode)
        #expect(cut.byteCount == Int64(whole.count - starts[3]))
        #expect(harness.bytes() == [UInt8](whole[..<starts[3]]))
        #expect(
            try Files.read(try #require(cut.savedAs), bytesMax: 1 << 20)
                == [UInt8](bytes[starts[3]...]))
        try harness.open()
        harness.close()
    }

    @Test func anAmountThatDoesNotFollowFromItsUsageIsFoundByVerify() throws {
        try harness.open()
        harness.fund()
        let ticket = try harness.admit("1")
        guard case .charge(var charge) = harness.charge(ticket) else { return }
        charge.usage.output += 1000
        #expect(isDurable(harness.post(.charge(charge))))
        harness.close()
        let damage = try Books.verify(directory: harness.directory).damage
        #expect(damage?.line == 5)
        #expect(damage?.what == "the amount is 0.0011, but usage and prices make 0.0015")
    }
}
