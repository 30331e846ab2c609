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

    /// - Parameter authorization: the operator's credential, as the field's whole value.
    static func head(
        _ client: RequestHead, origin: UpstreamOrigin, authorization: String
    ) -> [UInt8] {
        var target = origin.basePath + ClientPath.tail(client.target.path)
        if let query = client.target.query { target += "?" + query }
        var head = HeadWriter(method: client.method, target: target)
        head.field(.host, origin.authority)
        head.field(.authorization, authorization)
        // The meter reads plain bytes only.
        head.field(.acceptEncoding, "identity")
        let fields = client.fields
        for index in fields.indices {
            let name = fields.name(at: index)
            if dropped.contains(name) || fields.isHopByHop(at: index) { continue }
            if isOfFrontProxy(at: index, of: fields) { continue }
            head.field(copying: index, of: fields)
        }
        switch client.framing {
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
        for prefix in ["x-forwarded-", "x-original-", "cf-", "true-client-ip", "x-client-ip"]
        where fields.nameHasPrefix(prefix, at: index) { return true }
        return fields.withValue(at: index) { value in
            let length = AccessToken.prefix.utf8.count + AccessToken.randomCharacters
            guard value.count >= length else { return false }
            let last = value.count - length
            for start in 0...last
            where value[start] == UInt8(ascii: "t") && value[start + 1] == UInt8(ascii: "g")
                && value[start + 2] == UInt8(ascii: "_")
            {
                var end = start + AccessToken.prefix.utf8.count
                while end < start + length, isTokenByte(value[end]) { end += 1 }
                if end == start + length { return true }
            }
            return false
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
