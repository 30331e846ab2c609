import Billing

/// The state of the books at one line of the ledger, so that a start need not read the lines before it. Derived: it
/// may be deleted at any time, and one that does not match the ledger is ignored.
///
/// A text file: a few fields, one line for each balance's tail, the state as Billing writes it, and over all of that
/// the first 32 hexadecimal digits of its SHA-512.
struct Checkpoint {
    /// Far above what a ledger of millions of lines adds up to.
    static let bytesMax = 1 << 30
    private static let title = "tinygateway checkpoint 1"

    let tail: LedgerTail
    let ledger: Ledger

    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        func line(_ text: String) {
            bytes.append(contentsOf: text.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        line(Self.title)
        line("\(tail.seq) \(tail.at.text) \(tail.offset) \(tail.chain.text)")
        line("\(tail.balances.count)")
        for (balance, own) in tail.balances {
            line("\(balance.text) \(own.n) \(own.offset) \(own.link.text)")
        }
        bytes.append(contentsOf: ledger.encodeState())
        bytes.append(contentsOf: Self.sum(bytes.span).hex)
        return bytes
    }

    /// `nil` for anything that `encode` does not write.
    init?(_ bytes: Span<UInt8>) {
        let sumBytes = LinkHash.zero.hex.count
        guard bytes.count > sumBytes else { return nil }
        let content = bytes.extracting(0..<(bytes.count - sumBytes))
        let stated = LinkHash(hex: bytes.extracting((bytes.count - sumBytes)..<bytes.count))
        guard stated == Self.sum(content) else { return nil }
        var lines = CheckpointLines(content)
        guard lines.next(content) == Self.title, let place = lines.fields(content, 4),
            let seq = Int64(place[0]), let at = Timestamp(place[1]), let offset = Int64(place[2]),
            let chain = LinkHash(hex: [UInt8](place[3].utf8).span), seq > 0, offset > 0,
            let count = lines.next(content).flatMap({ Int($0) }), count >= 0
        else { return nil }
        var tail = LedgerTail(seq: seq, at: at, offset: offset, chain: chain)
        for _ in 0..<count {
            guard let own = lines.fields(content, 4), let balance = BalanceID(own[0]),
                let n = Int64(own[1]), let start = Int64(own[2]),
                let link = LinkHash(hex: [UInt8](own[3].utf8).span), n > 0, start < offset
            else { return nil }
            tail.balances[balance] = BalanceTail(n: n, offset: start, link: link)
        }
        guard tail.balances.count == count,
            let ledger = Ledger(state: content.extracting(lines.position..<content.count))
        else { return nil }
        self.tail = tail
        self.ledger = ledger
    }

    init(tail: LedgerTail, ledger: Ledger) {
        self.tail = tail
        self.ledger = ledger
    }

    /// The checkpoint of this ledger, if there is one that matches.
    static func find(_ folder: LedgerFolder, _ file: File) throws(FileError) -> Checkpoint? {
        guard Files.exists(folder.checkpoint) else { return nil }
        let bytes = try Files.read(folder.checkpoint, bytesMax: bytesMax)
        guard let found = Checkpoint(bytes.span), try found.matches(file) else { return nil }
        return found
    }

    /// Whether it lies on a line end of this file, and the line that ends there has its number and chain.
    func matches(_ file: File) throws(FileError) -> Bool {
        guard try file.size() >= tail.offset else { return false }
        let start = max(0, tail.offset - Int64(Limits.ledgerLineBytes) - 1)
        var bytes = [UInt8](repeating: 0, count: Int(tail.offset - start))
        guard try file.read(into: &bytes, at: 0, offset: start) == bytes.count,
            bytes.removeLast() == UInt8(ascii: "\n")
        else { return false }
        let lineStart = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        do throws(LedgerFormatError) {
            let span = bytes.span.extracting(lineStart..<bytes.count)
            let line = try LedgerFormat.decode(span).line
            return line.seq == tail.seq && line.at == tail.at && line.chain == tail.chain
        } catch {
            return false
        }
    }

    private static func sum(_ bytes: Span<UInt8>) -> LinkHash {
        LinkHash(digest: SHA512.hash(bytes).span)
    }
}

/// Reads the short lines at the beginning of a checkpoint.
private struct CheckpointLines {
    private(set) var position = 0

    init(_ bytes: Span<UInt8>) {}

    mutating func next(_ bytes: Span<UInt8>) -> String? {
        var text: [UInt8] = []
        var index = position
        while index < bytes.count && text.count < 512 {
            if bytes[index] == UInt8(ascii: "\n") {
                position = index + 1
                return String(decoding: text, as: UTF8.self)
            }
            text.append(bytes[index])
            index += 1
        }
        return nil
    }

    mutating func fields(_ bytes: Span<UInt8>, _ count: Int) -> [String]? {
        guard let line = next(bytes) else { return nil }
        let fields = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        return fields.count == count ? fields : nil
    }
}
