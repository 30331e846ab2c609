/// Checks the extensions of chunk-size lines: `*( ";" name [ "=" ( token / quoted-string ) ] )`
/// (RFC 9112 7.1.1). They mean nothing here; nobody uses them but to hide something.
struct ChunkExtension: Sendable {
    private enum State: UInt8 {
        case name
        case value
        case token
        case quoted
        case escaped
        case afterQuoted
    }

    private var state = State.name
    private var hasName = false
    private var lineBytes: UInt16 = 0
    /// Of all chunks of the message: a byte of content must not cost a long line each.
    private var totalBytes: UInt16 = 0

    private static let totalBytesMax = 4 * Limits.chunkLineBytes

    /// Begins behind the first semicolon of a line.
    ///
    /// - Parameter chunkBytes: The chunk's content, which pays for as many bytes of extensions.
    mutating func start(chunkBytes: Int) {
        totalBytes -= UInt16(min(Int(totalBytes), chunkBytes))
        state = .name
        hasName = false
        lineBytes = 0
    }

    /// - Returns: Whether this was the carriage return that ends the line.
    mutating func read(_ byte: UInt8) throws(HTTPError) -> Bool {
        lineBytes += 1
        totalBytes += 1
        if lineBytes > Limits.chunkLineBytes || totalBytes > Self.totalBytesMax {
            throw .chunkLineTooLong
        }
        switch state {
        case .name:
            if Syntax.isToken(byte) {
                hasName = true
                return false
            }
            guard hasName else { throw .invalidChunkExtension }
            if byte == 0x3D {
                state = .value
                return false
            }
            return try endItem(byte)
        case .value:
            guard byte == 0x22 || Syntax.isToken(byte) else { throw .invalidChunkExtension }
            state = byte == 0x22 ? .quoted : .token
            return false
        case .token:
            return Syntax.isToken(byte) ? false : try endItem(byte)
        case .quoted:
            guard isText(byte) else { throw .invalidChunkExtension }
            if byte == 0x22 { state = .afterQuoted }
            if byte == 0x5C { state = .escaped }
            return false
        case .escaped:
            guard isText(byte) else { throw .invalidChunkExtension }
            state = .quoted
            return false
        case .afterQuoted:
            return try endItem(byte)
        }
    }

    private mutating func endItem(_ byte: UInt8) throws(HTTPError) -> Bool {
        if byte == Syntax.carriageReturn { return true }
        guard byte == 0x3B else { throw .invalidChunkExtension }
        state = .name
        hasName = false
        return false
    }

    private func isText(_ byte: UInt8) -> Bool {
        byte == Syntax.tab || (byte >= 0x20 && byte != 0x7F)
    }
}
