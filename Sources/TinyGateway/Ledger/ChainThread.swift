import Billing

/// Does a replay's hashing on a thread of its own, beside the one that reads what the lines say: it
/// is about half of the work. While that one reads a block, the block before it is hashed.
final class ChainThread: @unchecked Sendable {
    /// `,"chain":"`, 32 digits, `"}`.
    private static let key = [UInt8](",\"chain\":\"".utf8)
    private static let endBytes = key.count + 32 + 2

    /// A block that has been read.
    struct Work {
        let block: [UInt8]
        /// How many of its bytes are whole lines.
        let count: Int
        /// Where in the file it begins.
        let offset: Int64
        /// The links to recompute, each of a line within the block.
        let links: [LinkCheck]
    }

    private enum State {
        case idle
        case hashing
        case stopping
    }

    private let lock = Lock()
    private let changed = Condition()
    private var state = State.idle
    private var work: Work?
    /// Of the last line; nil once a line did not follow, in the file or in its balance.
    private var chain: LinkHash?
    private var thread: Thread?

    /// - Parameter chain: of the line before the first one that will be given.
    init(after chain: LinkHash) {
        self.chain = chain
        thread = Thread { [self] in run() }
    }

    /// `finish` before the next.
    func begin(_ work: Work) {
        lock.withLock {
            check(state == .idle, "one block at a time")
            self.work = work
            state = .hashing
            changed.signal()
        }
    }

    /// Waits for the block that was begun last.
    /// - Returns: the last line's chain; nil when a line does not follow from the one before it.
    func finish() -> LinkHash? {
        lock.withLock {
            while state == .hashing { changed.wait(lock) }
            return chain
        }
    }

    func stop() {
        lock.withLock {
            while state == .hashing { changed.wait(lock) }
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
            let end = hash(builder)
            lock.withLock {
                chain = end
                // The other side is about to read into the block again.
                work = nil
                state = .idle
                changed.signal()
            }
        }
    }

    private func hash(_ builder: LineBuilder) -> LinkHash? {
        guard let chain, let work else { return nil }
        let lines = work.block.span.extracting(0..<work.count)
        for link in work.links {
            let start = Int(link.line - work.offset)
            guard link.holds(lines.extracting(start..<lines.count), builder) else { return nil }
        }
        return Self.chain(after: chain, lines, builder)
    }

    /// Needs no decoding: the chain stands at the same distance from every line's end.
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
