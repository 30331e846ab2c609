import Foundation

@testable import TinyGateway

/// A disk that keeps what was synced, and of the rest what chance leaves: its faults come from the
/// simulation's seed.
final class SimulatedDisk: LedgerDevice, @unchecked Sendable {
    /// Writes that will still fail.
    var failingWrites = 0
    /// The next sync fails.
    var isSyncFailing = false
    /// Bytes of the file that a loss of power cannot take.
    private(set) var durable: Int64

    override init(_ file: File) {
        durable = (try? file.size()) ?? 0
        super.init(file)
    }

    override var retryPause: Milliseconds { Milliseconds(0) }

    override func write(_ bytes: Span<UInt8>, offset: Int64) -> Int64 {
        guard failingWrites > 0 else { return super.write(bytes, offset: offset) }
        failingWrites -= 1
        // Half of the failures are writes that end early.
        if failingWrites % 2 == 0 || bytes.count < 2 { return -28 }
        return super.write(bytes.extracting(0..<(bytes.count / 2)), offset: offset)
    }

    override func sync() -> Int64 {
        if isSyncFailing { return -5 }
        durable = (try? file.size()) ?? durable
        return 0
    }

    override func truncate(to size: Int64) -> Int64 {
        durable = min(durable, size)
        return super.truncate(to: size)
    }

    /// What a loss of power makes of the file: everything synced stands; of what was not, whole
    /// pages are there, are zeros, or are missing at the end.
    static func losePower(_ path: String, durable: Int64, _ chance: inout Chance) throws {
        var bytes = try Files.read(path, bytesMax: 1 << 28)
        let start = Int(durable)
        guard start < bytes.count else { return }
        bytes.removeLast(chance.next(below: bytes.count - start + 1))
        // 512 bytes is the smallest page that a disk loses by itself.
        var page = start
        while page < bytes.count {
            let end = min(bytes.count, (page / 512 + 1) * 512)
            if chance.isOne(in: 3) { for index in page..<end { bytes[index] = 0 } }
            page = end
        }
        try Files.replace(path, bytes, mode: 0o600)
    }
}
