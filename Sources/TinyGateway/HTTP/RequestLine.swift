/// `method SP request-target SP HTTP-version` (RFC 9112 3), with exactly these two spaces.
struct RequestLine: Sendable {
    let method: Method
    let target: RequestTarget
    let minorVersion: Int

    init(_ line: Span<UInt8>) throws(HTTPError) {
        let methodEnd = Self.space(in: line, from: 0)
        let targetEnd = Self.space(in: line, from: methodEnd + 1)
        guard targetEnd < line.count, Self.space(in: line, from: targetEnd + 1) == line.count,
            methodEnd + 1 < targetEnd
        else { throw .invalidStartLine }
        let token = line.extracting(0..<methodEnd)
        guard Syntax.isToken(token) else { throw .invalidMethod }
        method = Method(token: token)
        // Before the target: `PRI * HTTP/2.0` is another version, not a bad target.
        minorVersion = try Self.minorVersion(line.extracting(targetEnd + 1..<line.count))
        target = try RequestTarget(line.extracting(methodEnd + 1..<targetEnd), of: method)
    }

    /// 0 or 1 of `HTTP/1.0` and `HTTP/1.1`.
    static func minorVersion(_ bytes: Span<UInt8>) throws(HTTPError) -> Int {
        guard bytes.count == 8, Syntax.equals(bytes.extracting(0..<5), "HTTP/"),
            Syntax.isDigit(bytes[5]), bytes[6] == 0x2E, Syntax.isDigit(bytes[7])
        else { throw .invalidVersion }
        guard bytes[5] == 0x31, bytes[7] <= 0x31 else { throw .unsupportedVersion }
        return Int(bytes[7] - 0x30)
    }

    private static func space(in line: Span<UInt8>, from start: Int) -> Int {
        var index = min(start, line.count)
        while index < line.count, line[index] != Syntax.space { index += 1 }
        return index
    }
}
