/// The head of a request that has passed every check of RFC 9112.
struct RequestHead: Sendable {
    enum Upgrade: Hashable, Sendable {
        case none
        case websocket
        case other
    }

    let method: Method
    let target: RequestTarget
    /// 0 or 1.
    let minorVersion: Int
    let fields: Fields
    /// Never `untilClose`.
    let framing: BodyFraming
    /// Whether the client wants another exchange on this connection.
    let keepAlive: Bool
    /// The client waits for `100 Continue` before it sends its content (RFC 9110 10.1.1).
    let expectsContinue: Bool
    /// What the client would like to speak instead; only when Connection says so too.
    let upgrade: Upgrade

    /// Checked in this order: Host, framing, expectation.
    init(_ line: RequestLine, _ fields: Fields, contentBytesMax: Int) throws(HTTPError) {
        method = line.method
        target = line.target
        minorVersion = line.minorVersion
        self.fields = fields
        try Self.checkHost(fields, minorVersion: line.minorVersion)
        let framing = try Framing(
            fields, minorVersion: line.minorVersion, contentBytesMax: contentBytesMax)
        self.framing = framing.content
        keepAlive = framing.keepAlive
        // An HTTP/1.0 client knows neither expectations nor upgrades (RFC 9110 10.1.1, 7.8).
        guard line.minorVersion == 1 else {
            expectsContinue = false
            upgrade = .none
            return
        }
        expectsContinue = fields.valueEquals(.expect, ignoringCase: "100-continue")
        if fields.contains(.expect), !expectsContinue { throw .unsupportedExpectation }
        upgrade = Self.upgrade(fields)
    }

    /// The authority that the client meant: of the target in absolute form, else of Host.
    var host: String? {
        target.authority ?? fields.first(.host)
    }

    private static func checkHost(_ fields: Fields, minorVersion: Int) throws(HTTPError) {
        guard let index = fields.firstIndex(of: .host) else {
            if minorVersion == 1 { throw .missingHost }
            return
        }
        if fields.count(of: .host) > 1 { throw .severalHosts }
        let value = fields.bytes.span.extracting(fields.valueRange(at: index))
        guard Authority.isValid(value, portRequired: false) else { throw .invalidHost }
    }

    private static func upgrade(_ fields: Fields) -> Upgrade {
        guard fields.contains(.upgrade), fields.contains(token: "upgrade", in: .connection) else {
            return .none
        }
        return fields.contains(token: "websocket", in: .upgrade) ? .websocket : .other
    }
}
