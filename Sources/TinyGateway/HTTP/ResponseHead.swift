/// The head of a response.
struct ResponseHead: Sendable {
    /// 100 to 599.
    let status: Int
    let reason: String
    /// 0 or 1.
    let minorVersion: Int
    let fields: Fields
    /// What the fields say; see `framing(answering:)` for what that means.
    private let framed: Framing

    init(_ line: StatusLine, _ fields: Fields, contentBytesMax: Int) throws(HTTPError) {
        status = line.status
        reason = line.reason
        minorVersion = line.minorVersion
        self.fields = fields
        framed = try Framing(
            fields, minorVersion: line.minorVersion, contentBytesMax: contentBytesMax)
    }

    /// 1xx: another head follows. (101 never comes: we ask for no upgrade.)
    var isInterim: Bool { status < 200 }

    /// How the content ends, given what was asked (RFC 9112 6.3).
    func framing(answering method: Method) -> BodyFraming {
        if method == .head || isInterim || status == 204 || status == 304 { return .none }
        return framed.content == .none ? .untilClose : framed.content
    }

    /// Whether the connection can carry another request once the content has been read.
    func keepAlive(answering method: Method) -> Bool {
        framed.keepAlive && framing(answering: method) != .untilClose && status != 101
    }

    /// The length that Content-Length states, also of an answer to HEAD.
    var contentLength: Int? {
        if case .length(let length) = framed.content { return length }
        return nil
    }
}
