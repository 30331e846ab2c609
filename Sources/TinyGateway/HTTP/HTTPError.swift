/// Every reason to refuse a message, in the order in which its bytes are looked at. The connection
/// on which one happened has lost its framing: it is closed after the answer, never used again.
enum HTTPError: Error, Hashable, Sendable, CaseIterable {
    // Found byte by byte, before anything is interpreted.
    case targetTooLong
    case headTooLarge
    case bareCarriageReturn
    case bareLineFeed
    case controlCharacter
    // The first line.
    case invalidStartLine
    case invalidMethod
    case invalidVersion
    case unsupportedVersion
    case invalidTarget
    case invalidStatus
    // One field line.
    case foldedField
    case invalidFieldName
    case spaceBeforeColon
    case missingColon
    case tooManyFields
    // The head as a whole.
    case severalHosts
    case missingHost
    case invalidHost
    case severalContentLengths
    case invalidContentLength
    case lengthAndTransferEncoding
    case transferEncodingInHTTP10
    case invalidTransferEncoding
    case contentTooLarge
    case unsupportedExpectation
    // Chunked content.
    case invalidChunkSize
    case chunkTooLarge
    case invalidChunkExtension
    case chunkLineTooLong
    case invalidChunkEnd
    case invalidTrailer
    case trailerTooLarge

    /// What a client is answered. A response that broke these rules is a 502 instead, always.
    ///
    /// Content that is longer than allowed is a 400 too, not a 413: Codex repeats everything but
    /// 400, and sending the same 32 MiB six times helps nobody.
    var status: Int {
        switch self {
        case .targetTooLong: 414
        case .headTooLarge, .tooManyFields: 431
        case .unsupportedVersion: 505
        case .unsupportedExpectation: 417
        case .bareCarriageReturn, .bareLineFeed, .controlCharacter, .invalidStartLine,
            .invalidMethod, .invalidVersion, .invalidTarget, .invalidStatus, .foldedField,
            .invalidFieldName, .spaceBeforeColon, .missingColon, .severalHosts, .missingHost,
            .invalidHost, .severalContentLengths, .invalidContentLength,
            .lengthAndTransferEncoding, .transferEncodingInHTTP10, .invalidTransferEncoding,
            .contentTooLarge, .invalidChunkSize, .chunkTooLarge, .invalidChunkExtension,
            .chunkLineTooLong, .invalidChunkEnd, .invalidTrailer, .trailerTooLarge:
            400
        }
    }

    /// A sentence for the person who sent the message.
    var sentence: String {
        switch self {
        case .targetTooLong: "The request target is too long."
        case .headTooLarge: "The head of the message is too large."
        case .bareCarriageReturn: "A carriage return in the head is not followed by a line feed."
        case .bareLineFeed: "A line of the head ends with a line feed alone."
        case .controlCharacter: "The head contains a control character."
        case .invalidStartLine: "The first line is not an HTTP/1.1 request or status line."
        case .invalidMethod: "The method is not a token."
        case .invalidVersion: "The HTTP version is malformed."
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .invalidTarget: "The request target is malformed."
        case .invalidStatus: "The status code is not between 100 and 599."
        case .foldedField: "A field continues on the next line, which HTTP no longer allows."
        case .invalidFieldName: "A field name is empty or contains a forbidden character."
        case .spaceBeforeColon: "A field name is followed by white space."
        case .missingColon: "A field line has no colon."
        case .tooManyFields: "The message has too many fields."
        case .severalHosts: "The request has more than one Host field."
        case .missingHost: "The request has no Host field."
        case .invalidHost: "The Host field is not a host name or address with an optional port."
        case .severalContentLengths: "The message has more than one Content-Length."
        case .invalidContentLength: "Content-Length is not a decimal number within 64 bits."
        case .lengthAndTransferEncoding: "Content-Length and Transfer-Encoding exclude each other."
        case .transferEncodingInHTTP10: "Transfer-Encoding does not exist in HTTP/1.0."
        case .invalidTransferEncoding: "The only Transfer-Encoding accepted is: chunked."
        case .contentTooLarge: "The content is larger than this gateway accepts."
        case .unsupportedExpectation: "The only expectation that can be met is 100-continue."
        case .invalidChunkSize: "A chunk size is not a hexadecimal number followed by CRLF."
        case .chunkTooLarge: "A chunk is too large."
        case .invalidChunkExtension: "A chunk extension is malformed."
        case .chunkLineTooLong: "The chunk extensions are too long."
        case .invalidChunkEnd: "A chunk does not end with CRLF where its size says."
        case .invalidTrailer: "The trailer section is malformed."
        case .trailerTooLarge: "The trailer section is too large."
        }
    }
}
