@testable import TinyGateway

/// A disk that fails as it is told: each write and each sync takes the next answer, then all is
/// well.
final class FailingDevice: LedgerDevice, @unchecked Sendable {
    enum Answer {
        case error(Int64)
        /// Writes this many bytes and says so.
        case short(Int)
    }

    private let lock = Lock()
    private var writes: [Answer] = []
    private var isFull = false
    private var syncs: [Int64] = []
    private(set) var syncCount = 0

    static let noSpace: Int64 = -28
    static let badDisk: Int64 = -5

    override var retryPause: Milliseconds { Milliseconds(2) }

    func failWrites(_ answers: [Answer]) { lock.withLock { writes = answers } }
    func fill() { lock.withLock { isFull = true } }
    func makeRoom() { lock.withLock { isFull = false } }
    func failSync(_ code: Int64) { lock.withLock { syncs = [code] } }

    override func write(_ bytes: Span<UInt8>, offset: Int64) -> Int64 {
        let answer = lock.withLock { () -> Answer? in
            if isFull { return .error(Self.noSpace) }
            return writes.isEmpty ? nil : writes.removeFirst()
        }
        switch answer {
        case nil: return super.write(bytes, offset: offset)
        case .error(let code): return code
        case .short(0): return 0
        case .short(let count):
            return super.write(bytes.extracting(0..<min(count, bytes.count)), offset: offset)
        }
    }

    override func sync() -> Int64 {
        let code = lock.withLock {
            syncCount += 1
            return syncs.isEmpty ? 0 : syncs.removeFirst()
        }
        return code == 0 ? super.sync() : code
    }
}
