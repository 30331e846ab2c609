import Testing

@testable import TinyGateway

@Suite("Loop: a batch of slices") struct WriteBatchTests {
    @Test func slicesGoOutInTheirOrder() {
        let batch = WriteBatch()
        batch.append([1, 2])
        Self.copy([9, 9], into: batch)
        batch.append([3, 4, 5], dropLast: 1)
        Self.copy([6], into: batch)
        #expect(batch.bytes == [1, 2, 9, 9, 3, 4, 6])
        #expect(batch.byteCount == 7)
        #expect(!batch.isEmpty)
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

    private static func copy(_ bytes: [UInt8], into batch: WriteBatch) {
        batch.appendCopy(bytes.span)
    }
}
