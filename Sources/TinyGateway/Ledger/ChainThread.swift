import Billing

/// Recomputes the chain of whole lines on a thread of its own, beside the one that reads what the
/// lines say: hashing is more than half of a replay. It needs no decoding, as the chain stands at
/// the same distance from every line's end.
final class ChainThread: @unchecked Sendable {
    /// `,"chain":"`, 32 digits, `"}`.
    private static let key = [UInt8](",\"chain\":\"".utf8)
    private static let endBytes = key.count + 32 + 2

    private enum State {
        case idle
        case hashing
        case stopping
    }

    private let lock = Lock()
    private let changed = Condition()
    private var state = State.idle
    private var block: [UInt8] = []
    private var count = 0
    /// Of the last line; nil once a line did not follow.
    private var chain: LinkHash?
    private var thread: Thread?

    /// - Parameter chain: of the line before the first one that will be given.
    init(after chain: LinkHash) {
        self.chain = chain
        thread = Thread { [self] in run() }
    }

    /// Takes the first `count` bytes of a block, which are whole lines. `finish` before the next.
    func begin(_ block: [UInt8], _ count: Int) {
        lock.withLock {
            check(state == .idle, "one block at a time")
            self.block = block
            self.count = count
            state = .hashing
            changed.signal()
        }
    }

    /// Waits for the block.
    /// - Returns: the last line's chain; nil when a line does not follow from the one before it.
    func finish() -> LinkHash? {
        lock.withLock {
            while state == .hashing { changed.wait(lock) }
            return chain
        }
    }

    func stop() {
        lock.withLock {
            check(state == .idle, "stopped between two blocks")
            state = .stopping
            changed.signal()
        }
        thread?.join()
        thread = nil
    }

    private func run() {
        let builder = LineBuilder()
        while true {
            let isStopping = lock.withLock {
                while state == .idle { changed.wait(lock) }
                return state == .stopping
            }
            if isStopping { return }
            var end: LinkHash?
            if let chain {
                let block = block
                end = Self.chain(after: chain, block.span.extracting(0..<count), builder)
            }
            lock.withLock {
                chain = end
                // The other side is about to read into it again.
                block = []
                state = .idle
                changed.signal()
            }
        }
    }

    private static func chain(
        after previous: LinkHash, _ lines: Span<UInt8>, _ builder: LineBuilder
    ) -> LinkHash? {
        var chain = previous
        var start = 0
        while start < lines.count {
            guard let length = LedgerBlocks.lineLength(lines, start), length > endBytes else {
                return nil
            }
            let line = lines.extracting(start..<(start + length))
            let text = line.extracting(0..<(length - endBytes))
            for index in 0..<key.count where line[text.count + index] != key[index] { return nil }
            let digits = line.extracting((length - 34)..<(length - 2))
            chain = builder.chained(chain, text)
            guard LinkHash(hex: digits) == chain else { return nil }
            start += length + 1
        }
        return chain
    }
}
