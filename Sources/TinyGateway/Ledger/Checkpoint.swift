import Billing

/// The state of the books at one line of the ledger, so that a start need not read the lines before
/// it. Derived: it may be deleted at any time, and one that does not match the ledger is ignored.
///
/// The file is the state as Billing writes it and, on a last line, 16 hexadecimal digits computed
/// over it: enough to notice a flipped bit, at a tenth of the time that a cryptographic digest
/// takes, and whoever could forge it could write the ledger.
enum Checkpoint {
    /// Far above what a ledger of millions of lines adds up to.
    static let bytesMax = 1 << 30
    private static let sumBytes = 17

    enum Found {
        case none
        /// Why it is not used.
        case ignored(String)
        case matching(Ledger)
    }

    static func encode(_ ledger: Ledger) -> [UInt8] {
        check(ledger.seq > 0, "a ledger has a first line")
        var bytes = ledger.encodeState()
        bytes.append(contentsOf: sum(bytes.span))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// `nil` for anything that `encode` does not write.
    static func decode(_ bytes: Span<UInt8>) -> Ledger? {
        let count = bytes.count - sumBytes
        guard count > 0, bytes[bytes.count - 1] == UInt8(ascii: "\n") else { return nil }
        let state = bytes.extracting(0..<count)
        let sum = sum(state)
        for index in sum.indices where bytes[count + index] != sum[index] { return nil }
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

    /// FNV-1a's step over words of eight bytes. Each step is one to one, so one changed word always
    /// changes the result.
    private static func sum(_ bytes: Span<UInt8>) -> [UInt8] {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        unsafe bytes.withUnsafeBytes { bytes in
            var index = 0
            while index + 8 <= bytes.count {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                sum = (sum ^ UInt64(littleEndian: word)) &* 0x0000_0100_0000_01b3
                sum ^= sum >> 29
                index += 8
            }
            while index < bytes.count {
                sum = (sum ^ UInt64(unsafe bytes[index])) &* 0x0000_0100_0000_01b3
                index += 1
            }
        }
        var digits: [UInt8] = []
        for shift in stride(from: 60, through: 0, by: -4) {
            digits.append(Hex.digit(UInt8(truncatingIfNeeded: sum >> UInt64(shift)) & 15))
        }
        return digits
    }
}
