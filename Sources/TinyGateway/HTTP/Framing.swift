/// What the fields of a head say about its content and its connection (RFC 9112 6 and 9).
struct Framing: Sendable {
    /// `none` when neither Content-Length nor Transfer-Encoding is there.
    let content: BodyFraming
    let keepAlive: Bool

    /// Stricter than the RFC, which lets a proxy repair some of these: a message that two parsers
    /// could cut differently is never repaired here.
    init(_ fields: Fields, minorVersion: Int, contentBytesMax: Int) throws(HTTPError) {
        content = try Framing.content(fields, minorVersion, contentBytesMax)
        keepAlive =
            minorVersion == 0
            ? fields.contains(token: "keep-alive", in: .connection)
                && !fields.contains(token: "close", in: .connection)
            : !fields.contains(token: "close", in: .connection)
    }

    private static func content(
        _ fields: Fields, _ minorVersion: Int, _ contentBytesMax: Int
    ) throws(HTTPError) -> BodyFraming {
        let lengths = fields.count(of: .contentLength)
        if lengths > 1 { throw .severalContentLengths }
        if fields.contains(.transferEncoding) {
            if lengths > 0 { throw .lengthAndTransferEncoding }
            if minorVersion == 0 { throw .transferEncodingInHTTP10 }
            guard fields.count(of: .transferEncoding) == 1,
                fields.valueEquals(.transferEncoding, ignoringCase: "chunked")
            else { throw .invalidTransferEncoding }
            return .chunked
        }
        guard let index = fields.firstIndex(of: .contentLength) else { return .none }
        let value = fields.bytes.span.extracting(fields.valueRange(at: index))
        guard let length = Syntax.decimal(value) else { throw .invalidContentLength }
        if length > contentBytesMax { throw .contentTooLarge }
        return .length(length)
    }
}
