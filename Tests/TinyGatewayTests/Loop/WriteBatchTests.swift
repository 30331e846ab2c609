import Testing

@testable import TinyGateway

@Suite("Loop: a batch of slices") struct WriteBatchTests {
    @Test func slicesGoOutInTheirOrder() {
        let batch = WriteBatch()
        batch.append([1, 2])
        let place = batch.reserve()
        batch.append([3, 4, 5], dropLast: 1)
        Self.copy([6], into: batch)
        Self.fill(place, [9, 9], in: batch)
        #expect(batch.bytes == [1, 2, 9, 9, 3, 4, 6])
        #expect(batch.byteCount == 7)
        #expect(!batch.isEmpty)
    }

    @Test func aPlaceThatIsNotFilledSendsNothing() {
        let batch = WriteBatch()
        _ = batch.reserve()
        batch.append([1])
        Self.fill(0, [], in: batch)
        #expect(batch.bytes == [1])
    }

    @Test func emptySlicesTakeNoPlace() {
        let batch = WriteBatch()
        batch.append([])
        batch.append([1, 2], dropLast: 2)
        #expect(batch.count == 0)
        #expect(batch.isEmpty)
    }

    @Test func aResetBatchIsNew() {
        let batch = WriteBatch()
        for round in 0..<100 {
            batch.reset()
            Self.copy([UInt8](repeating: 7, count: 400), into: batch)
            batch.append([UInt8(round)])
            #expect(batch.byteCount == 401)
        }
        batch.reset()
        #expect(batch.isEmpty)
        #expect(batch.bytes == [])
    }

    @Test func itIsFullBeforeTheFramingHasNoRoom() {
        let batch = WriteBatch()
        while !batch.isFull { batch.append([0]) }
        #expect(batch.count == WriteBatch.capacity)
        for _ in 0..<4 { _ = batch.reserve() }
        #expect(batch.byteCount == WriteBatch.capacity)
    }

    private static func copy(_ bytes: [UInt8], into batch: WriteBatch) {
        batch.appendCopy(bytes.span)
    }

    private static func fill(_ place: Int, _ bytes: [UInt8], in batch: WriteBatch) {
        batch.fill(place, bytes.span)
    }
}
