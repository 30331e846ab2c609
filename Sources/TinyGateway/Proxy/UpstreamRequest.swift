/// The head of a request to an upstream: built, never copied (RFC 9110 7.6.1).
enum UpstreamRequest {
    /// What the operator's upstream must not see: the client's credentials and whatever would bill
    /// or log it as somebody else's, our own fields, those of front proxies, and the length and
    /// coding that are ours.
    private static let dropped = FieldNameSet.hopByHop.union(
        FieldNameSet(
            .authorization, .cookie, .chatGPTAccountID, .openAIOrganization, .openAIProject,
            .tinyGatewayToken, .host, .contentLength, .expect, .acceptEncoding, .forwarded,
            .xForwardedFor, .xForwardedHost, .xForwardedProto, .xRealIP, .via))

    /// What only concerns this hop, or is made anew for the next.
    private static let droppedOwn = FieldNameSet.hopByHop.union(
        FieldNameSet(
            .tinyGatewayToken, .host, .contentLength, .expect, .forwarded, .xForwardedFor,
            .xForwardedHost, .xForwardedProto, .xRealIP, .via))

    /// The head of a request on the operator's account.
    /// - Parameters:
    ///   - framing: the body's, as it is sent.
    ///   - authorization: the operator's credential, as the field's whole value.
    ///   - account: the account that the credential belongs to; nil for an API key.
    static func head(
        _ client: RequestHead, _ framing: BodyFraming, origin: UpstreamOrigin,
        authorization: String, account: String?, turnState: TurnState
    ) -> [UInt8] {
        var head = begin(client, origin)
        head.field(.authorization, authorization)
        if let account { head.field(.chatGPTAccountID, account) }
        // The meter reads plain bytes only.
        head.field(.acceptEncoding, "identity")
        copy(client.fields, to: &head, without: dropped, turnState)
        return finish(head, framing)
    }

    /// The head of a request with the user's own login: as it came.
    /// - Parameter isRead: the answer is looked at, so it must come without a content coding.
    static func ownHead(
        _ client: RequestHead, _ framing: BodyFraming, origin: UpstreamOrigin, isRead: Bool,
        turnState: TurnState
    ) -> [UInt8] {
        var head = begin(client, origin)
        var without = droppedOwn
        if isRead {
            head.field(.acceptEncoding, "identity")
            without.insert(.acceptEncoding)
        }
        copy(client.fields, to: &head, without: without, turnState)
        return finish(head, framing)
    }

    private static func begin(_ client: RequestHead, _ origin: UpstreamOrigin) -> HeadWriter {
        var target = origin.basePath + ClientPath.tail(client.target.path)
        if let query = client.target.query { target += "?" + query }
        var head = HeadWriter(method: client.method, target: target)
        head.field(.host, origin.authority)
        return head
    }

    private static func copy(
        _ fields: Fields, to head: inout HeadWriter, without: FieldNameSet, _ turnState: TurnState
    ) {
        for index in fields.indices {
            let name = fields.name(at: index)
            if without.contains(name) || fields.isHopByHop(at: index) { continue }
            if isOfFrontProxy(at: index, of: fields) { continue }
            if name == .xCodexTurnState {
                if let state = turnState.sent(fields.value(at: index)) { head.field(name, state) }
            } else {
                head.field(copying: index, of: fields)
            }
        }
    }

    private static func finish(_ head: consuming HeadWriter, _ framing: BodyFraming) -> [UInt8] {
        switch framing {
        case .none: break
        case .length(let count): head.field(.contentLength, decimal: count)
        case .chunked: head.field(.transferEncoding, "chunked")
        case .untilClose: check(false, "a request does not end with its connection")
        }
        return head.finish()
    }

    /// What a front proxy adds: the client's address, and addresses of requests in which a
    /// dedicated URL's token stands.
    private static func isOfFrontProxy(at index: Int, of fields: Fields) -> Bool {
        if fields.nameHasPrefix("x-forwarded-", at: index)
            || fields.nameHasPrefix("x-original-", at: index)
            || fields.nameHasPrefix("cf-", at: index)
            || fields.nameHasPrefix("true-client-ip", at: index)
            || fields.nameHasPrefix("x-client-ip", at: index)
        {
            return true
        }
        return fields.withValue(at: index) { value in
            let length = AccessToken.prefix.utf8.count + AccessToken.randomCharacters
            guard value.count >= length else { return false }
            let last = value.count - length
            for start in 0...last where isToken(value, start..<start + length) { return true }
            return false
        }
    }

    /// Whether one of our tokens stands here, by itself: any long signature has its letters
    /// somewhere inside.
    private static func isToken(_ value: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = range.lowerBound
        guard value[start] == UInt8(ascii: "t"), value[start + 1] == UInt8(ascii: "g"),
            value[start + 2] == UInt8(ascii: "_"), start == 0 || !isTokenByte(value[start - 1]),
            range.upperBound == value.count || !isTokenByte(value[range.upperBound])
        else { return false }
        for index in range where !isTokenByte(value[index]) { return false }
        return true
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
