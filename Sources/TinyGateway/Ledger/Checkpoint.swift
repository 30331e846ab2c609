import Billing

/// The state of the books at one line of the ledger, so that a start need not read the lines before
/// it. Derived: it may be deleted at any time, and one that does not match the ledger is ignored.
///
/// The file is the state as Billing writes it and, on a last line, the first 32 hexadecimal digits
/// of its SHA-512.
enum Checkpoint {
    /// Far above what a ledger of millions of lines adds up to.
    static let bytesMax = 1 << 30
    private static let sumBytes = 33

    enum Found {
        case none
        /// Why it is not used.
        case ignored(String)
        case matching(Ledger)
    }

    static func encode(_ ledger: Ledger) -> [UInt8] {
        check(ledger.seq > 0, "a ledger has a first line")
        var bytes = ledger.encodeState()
        bytes.append(contentsOf: sum(bytes.span).hex)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// `nil` for anything that `encode` does not write.
    static func decode(_ bytes: Span<UInt8>) -> Ledger? {
        let count = bytes.count - sumBytes
        guard count > 0, bytes[bytes.count - 1] == UInt8(ascii: "\n") else { return nil }
        let state = bytes.extracting(0..<count)
        guard LinkHash(hex: bytes.extracting(count..<(bytes.count - 1))) == sum(state) else {
            return nil
        }
        return Ledger(state: state)
    }

    static func find(_ folder: LedgerFolder, _ file: File) throws(FileError) -> Found {
        guard Files.exists(folder.checkpoint) else { return .none }
        let bytes = try Files.read(folder.checkpoint, bytesMax: bytesMax)
        guard let ledger = decode(bytes.span) else { return .ignored("it is not whole") }
        guard try matches(ledger, file) else {
            return .ignored("it does not belong to this ledger")
        }
        return .matching(ledger)
    }

    /// Whether the state ends on a line end of this file, and the line there has its number and
    /// chain.
    private static func matches(_ ledger: Ledger, _ file: File) throws(FileError) -> Bool {
        let end = ledger.end
        guard end > 0, try file.size() >= end else { return false }
        let start = max(0, end - Int64(Limits.ledgerLineBytes) - 1)
        var bytes = [UInt8](repeating: 0, count: Int(end - start))
        guard try file.read(into: &bytes, at: 0, offset: start) == bytes.count,
            bytes.removeLast() == UInt8(ascii: "\n")
        else { return false }
        let lineStart = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        do throws(LedgerFormatError) {
            let text = bytes.span.extracting(lineStart..<bytes.count)
            let line = try LedgerFormat.decode(text).line
            return line.seq == ledger.seq && line.at == ledger.at && line.chain == ledger.chain
        } catch {
            return false
        }
    }

    private static func sum(_ bytes: Span<UInt8>) -> LinkHash {
        LinkHash(digest: SHA512.hash(bytes).span)
    }
}
