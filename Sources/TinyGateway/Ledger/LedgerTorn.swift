import Billing

/// Tells a torn end from damage, and cuts it.
///
/// A crash of the machine loses what was never synced: pages of NULs, or a last line without its
/// end. It cannot touch a line that was durable; that is damage. A later line that says `synced` at
/// or past a line's number proves that the line was durable.
enum LedgerTorn {
    private static let blockBytes: Int64 = 1 << 20

    /// - Parameter damage: the first bad line; everything from there to `end` is looked at.
    static func isTorn(
        _ file: File, from damage: LedgerDamage, end: Int64
    ) throws(FileError) -> Bool {
        check(damage.offset < end, "there is something to cut")
        guard try hasTrace(file, from: damage.offset, end: end) else { return false }
        var reader = LedgerLines(file, from: damage.offset, to: end)
        while true {
            switch try reader.advance() {
            case .line:
                let synced = reader.withLine { Self.synced($0) }
                if let synced, synced >= damage.line { return false }
            case .broken:
                if try !reader.skip() { return true }
            case .end: return true
            }
        }
    }

    /// Keeps the bytes from `offset` on in a file of their own, then cuts them. The copy is durable
    /// before the cut.
    /// - Returns: the copy's path.
    static func cut(
        _ file: File, at offset: Int64, end: Int64, in folder: LedgerFolder
    ) throws(FileError) -> String {
        check(offset >= 0 && offset < end, "there is something to cut")
        var path = folder.torn(at: offset)
        var number = 2
        while Files.exists(path) {
            path = folder.torn(at: offset) + "-\(number)"
            number += 1
        }
        let copy = try File(path, .create(mode: 0o600))
        var block = [UInt8](repeating: 0, count: Int(min(blockBytes, end - offset)))
        var position = offset
        while position < end {
            let count = try file.read(into: &block, at: 0, offset: position)
            if count == 0 { break }
            let part = min(Int64(count), end - position)
            try copy.write(block.span.extracting(0..<Int(part)), offset: position - offset)
            position += part
        }
        try copy.sync()
        try Files.syncFolder(of: path)
        try file.truncate(to: offset)
        try file.sync()
        return path
    }

    /// NULs, or no line end at the end.
    private static func hasTrace(
        _ file: File, from start: Int64, end: Int64
    ) throws(FileError) -> Bool {
        var block = [UInt8](repeating: 0, count: Int(min(blockBytes, end - start)))
        var position = start
        var last: UInt8 = 0
        while position < end {
            let count = Int(
                min(Int64(try file.read(into: &block, at: 0, offset: position)), end - position))
            guard count > 0 else { break }
            if block[..<count].contains(0) { return true }
            last = block[count - 1]
            position += Int64(count)
        }
        return last != UInt8(ascii: "\n")
    }

    /// What an intact line states, also when lost pages stand before it on the same line.
    private static func synced(_ line: Span<UInt8>) -> Int64? {
        var start = line.count
        while start > 0 && line[start - 1] != 0 { start -= 1 }
        do throws(LedgerFormatError) {
            return try LedgerFormat.decode(line.extracting(start..<line.count)).line.synced
        } catch {
            return nil
        }
    }
}
