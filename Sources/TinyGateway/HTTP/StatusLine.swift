/// `HTTP-version SP status-code SP [reason-phrase]` (RFC 9112 4).
struct StatusLine: Sendable {
    let minorVersion: Int
    let status: Int
    let reason: String

    init(_ line: Span<UInt8>) throws(HTTPError) {
        guard line.count >= 12, line[8] == Syntax.space else { throw .invalidStartLine }
        minorVersion = try RequestLine.minorVersion(line.extracting(0..<8))
        guard let status = Syntax.decimal(line.extracting(9..<12)), 100...599 ~= status else {
            throw .invalidStatus
        }
        self.status = status
        // Many servers leave out the space when there is no reason; nothing depends on it.
        guard line.count > 12 else {
            reason = ""
            return
        }
        guard line[12] == Syntax.space else { throw .invalidStatus }
        let bytes = [UInt8](capacity: line.count - 13) { output in
            for index in 13..<line.count { output.append(line[index]) }
        }
        reason = String(decoding: bytes, as: UTF8.self)
    }
}
