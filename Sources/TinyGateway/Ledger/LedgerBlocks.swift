import CUV

/// Large blocks of whole lines of a ledger file, one after another.
@safe
struct LedgerBlocks {
    private static let blockBytes = 1 << 20

    private let file: File
    private let end: Int64
    /// Where the next block begins.
    private(set) var offset: Int64

    init(_ file: File, from start: Int64, to end: Int64) {
        self.file = file
        self.end = end
        offset = start
    }

    /// Reads the next block into `block`.
    /// - Returns: how many of its bytes are whole lines; 0 at the end, and where a line has no end.
    mutating func next(into block: inout [UInt8]) throws(FileError) -> Int {
        if block.isEmpty { block = [UInt8](repeating: 0, count: Self.blockBytes) }
        let filled = try file.read(into: &block, at: 0, offset: offset)
        // The file may have grown since its end was read.
        let usable = Int(min(Int64(filled), end - offset))
        var count = usable
        while count > 0 && block[count - 1] != UInt8(ascii: "\n") { count -= 1 }
        offset += Int64(count)
        return count
    }

    /// How long the line is that begins at `start`, its end not included; nil when it has no end.
    static func lineLength(_ lines: Span<UInt8>, _ start: Int) -> Int? {
        let found = unsafe lines.withUnsafeBytes {
            unsafe cuv_file_find_byte(
                $0.baseAddress.unsafelyUnwrapped + start, lines.count - start, UInt8(ascii: "\n"))
        }
        return found < 0 ? nil : Int(found)
    }
}
