/// Checks the field lines behind the last chunk (RFC 9112 7.1.2), which are then dropped: merging
/// them into the head would let a sender add fields after they were looked at.
struct TrailerSection: Sendable {
    private enum State: UInt8 {
        case lineStart
        case name
        case value
        case lineFeed
        case lastLineFeed
    }

    private var state = State.lineStart
    private var bytes: UInt16 = 0
    private var fields: UInt16 = 0
    private let fieldsMax: UInt16

    init(fieldsMax: Int) {
        // More fit into no section.
        self.fieldsMax = UInt16(min(fieldsMax, Limits.trailerBytes))
    }

    /// - Returns: Whether this was the last byte of the message.
    mutating func read(_ byte: UInt8) throws(HTTPError) -> Bool {
        bytes += 1
        if bytes > Limits.trailerBytes { throw .trailerTooLarge }
        switch state {
        case .lineStart:
            if byte == Syntax.carriageReturn {
                state = .lastLineFeed
                return false
            }
            guard Syntax.isToken(byte) else { throw .invalidTrailer }
            fields += 1
            if fields > fieldsMax { throw .trailerTooLarge }
            state = .name
        case .name:
            if byte == Syntax.colon {
                state = .value
            } else if !Syntax.isToken(byte) {
                throw .invalidTrailer
            }
        case .value:
            if byte == Syntax.carriageReturn {
                state = .lineFeed
            } else if byte < 0x20 && byte != Syntax.tab || byte == 0x7F {
                throw .invalidTrailer
            }
        case .lineFeed:
            guard byte == Syntax.lineFeed else { throw .invalidTrailer }
            state = .lineStart
        case .lastLineFeed:
            guard byte == Syntax.lineFeed else { throw .invalidTrailer }
            return true
        }
        return false
    }
}
