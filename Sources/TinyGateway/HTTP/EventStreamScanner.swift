/// Takes an event stream (WHATWG HTML 9.2) apart as it passes: which bytes are values of `data`
/// fields, where such a line ends, where an event is dispatched. It resumes at any byte, copies
/// nothing and holds nothing back; other fields and comments are passed over.
struct EventStreamScanner: Sendable {
    enum Piece: Equatable, Sendable {
        /// A part of the value of a `data` field; never empty.
        case data(Range<Int>)
        /// The end of a `data` line. The value of an event is its lines joined by LF.
        case dataEnd
        /// A blank line after at least one other line: the event is complete.
        case dispatch
    }

    private enum Place: UInt8, Sendable {
        /// Before the first byte of the stream, or inside a byte order mark.
        case start
        case lineStart
        /// Inside a field name that may yet become `data`.
        case name
        /// Behind `data:`, where one space does not belong to the value.
        case space
        case value
        /// Inside a line that is not a `data` line.
        case other
    }

    private var place = Place.start
    /// Bytes of the byte order mark, or of `data`, that have matched.
    private var matched: UInt8 = 0
    /// The last byte was a CR: an LF right behind it belongs to the same line end.
    private var isAfterCR = false
    /// Bytes came since the last blank line.
    private(set) var isInsideEvent = false

    init() {}

    /// The next byte begins an event, whatever it is.
    @inline(__always)
    var isBetweenEvents: Bool { place == .lineStart && !isInsideEvent && !isAfterCR }

    /// The next piece of `bytes[position..<end]`; `position` moves behind what was taken. `nil`
    /// means that all was taken.
    @inline(__always)
    mutating func next(
        in bytes: Span<UInt8>, from position: inout Int, to end: Int
    ) -> Piece? {
        while position < end {
            if isAfterCR {
                isAfterCR = false
                if bytes[position] == Self.lf {
                    position += 1
                    continue
                }
            }
            switch place {
            case .value:
                return value(in: bytes, from: &position, to: end)
            case .lineStart:
                if isLineEnd(bytes[position]) {
                    takeLineEnd(bytes, &position)
                    guard isInsideEvent else { continue }
                    isInsideEvent = false
                    return .dispatch
                }
                isInsideEvent = true
                startLine(in: bytes, from: &position, to: end)
            case .other:
                position = bytes.firstLineEnd(in: position..<end)
                if position < end { takeLineEnd(bytes, &position) }
            case .space:
                if bytes[position] == 0x20 { position += 1 }
                place = .value
            case .name:
                if let piece = continueName(in: bytes, from: &position) { return piece }
            case .start:
                continueMark(in: bytes, from: &position)
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func value(
        in bytes: Span<UInt8>, from position: inout Int, to end: Int
    ) -> Piece {
        if isLineEnd(bytes[position]) {
            takeLineEnd(bytes, &position)
            return .dataEnd
        }
        let start = position
        position = bytes.firstLineEnd(in: start..<end)
        return .data(start..<position)
    }

    /// Takes `data:` at once when it lies here whole; otherwise decides by the first byte.
    @inline(__always)
    private mutating func startLine(
        in bytes: Span<UInt8>, from position: inout Int, to end: Int
    ) {
        guard bytes[position] == Self.name[0] else {
            place = .other
            return
        }
        if end - position > 4, bytes[position + 1] == Self.name[1],
            bytes[position + 2] == Self.name[2], bytes[position + 3] == Self.name[3],
            bytes[position + 4] == Self.colon
        {
            position += 5
            place = .space
        } else {
            position += 1
            matched = 1
            place = .name
        }
    }

    private mutating func continueName(in bytes: Span<UInt8>, from position: inout Int) -> Piece? {
        let byte = bytes[position]
        if matched < 4 {
            if byte == Self.name[Int(matched)] {
                matched += 1
                position += 1
            } else {
                place = .other
            }
            return nil
        }
        if isLineEnd(byte) {
            // A field without a colon has the empty string as its value.
            takeLineEnd(bytes, &position)
            return .dataEnd
        }
        if byte == Self.colon {
            position += 1
            place = .space
        } else {
            place = .other
        }
        return nil
    }

    /// One byte order mark before the first line is not part of it.
    private mutating func continueMark(in bytes: Span<UInt8>, from position: inout Int) {
        if bytes[position] == Self.mark[Int(matched)] {
            position += 1
            matched += 1
            if matched == 3 { place = .lineStart }
        } else if matched == 0 {
            place = .lineStart
        } else {
            isInsideEvent = true
            place = .other
        }
    }

    @inline(__always)
    private mutating func takeLineEnd(_ bytes: Span<UInt8>, _ position: inout Int) {
        isAfterCR = bytes[position] == Self.cr
        position += 1
        place = .lineStart
    }

    @inline(__always)
    private func isLineEnd(_ byte: UInt8) -> Bool {
        byte == Self.lf || byte == Self.cr
    }

    private static var lf: UInt8 { 0x0A }
    private static var cr: UInt8 { 0x0D }
    private static var colon: UInt8 { 0x3A }
    /// `data`
    private static var name: InlineArray<4, UInt8> { [0x64, 0x61, 0x74, 0x61] }
    /// U+FEFF in UTF-8.
    private static var mark: InlineArray<3, UInt8> { [0xEF, 0xBB, 0xBF] }
}
