/// The fields that the gateway acts upon, so that a head's names are compared once, while it is
/// read, and every later question about a field compares one byte. `other` is any name not listed.
enum FieldName: UInt8, CaseIterable, Hashable, Sendable {
    case other
    case accept, acceptEncoding, acceptLanguage, allow, altSvc, authorization, cacheControl, cfRay
    case chatGPTAccountID, connection, contentDisposition, contentEncoding, contentLength
    case contentSecurityPolicy, contentType, cookie, date, eTag, expect, forwarded, host
    case ifModifiedSince, ifNoneMatch, keepAlive, lastModified, location, openAIBeta, openAIModel
    case openAIOrganization, openAIProcessing, openAIProject, openAIVersion, origin, originator
    case proxyAuthenticate, proxyAuthenticationInfo, proxyAuthorization, proxyConnection, range
    case referer, referrerPolicy, retryAfter, secFetchSite, secWebSocketKey, server, sessionID
    case setCookie, strictTransportSecurity, te, threadID, tinyGatewayToken, trailer
    case transferEncoding, upgrade, userAgent, vary, version, via, wwwAuthenticate
    case xClientRequestID, xCodexPromoMessage, xCodexTurnMetadata, xCodexTurnState
    case xContentTypeOptions, xForwardedFor, xForwardedHost, xForwardedProto, xFrameOptions
    case xModelsETag, xRealIP, xRequestID, xShouldRetry

    /// The name on the wire, in lower case. Empty for `other`.
    var text: String {
        switch self {
        case .other: ""
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .acceptLanguage: "accept-language"
        case .allow: "allow"
        case .altSvc: "alt-svc"
        case .authorization: "authorization"
        case .cacheControl: "cache-control"
        case .cfRay: "cf-ray"
        case .chatGPTAccountID: "chatgpt-account-id"
        case .connection: "connection"
        case .contentDisposition: "content-disposition"
        case .contentEncoding: "content-encoding"
        case .contentLength: "content-length"
        case .contentSecurityPolicy: "content-security-policy"
        case .contentType: "content-type"
        case .cookie: "cookie"
        case .date: "date"
        case .eTag: "etag"
        case .expect: "expect"
        case .forwarded: "forwarded"
        case .host: "host"
        case .ifModifiedSince: "if-modified-since"
        case .ifNoneMatch: "if-none-match"
        case .keepAlive: "keep-alive"
        case .lastModified: "last-modified"
        case .location: "location"
        case .openAIBeta: "openai-beta"
        case .openAIModel: "openai-model"
        case .openAIOrganization: "openai-organization"
        case .openAIProcessing: "openai-processing-ms"
        case .openAIProject: "openai-project"
        case .openAIVersion: "openai-version"
        case .origin: "origin"
        case .originator: "originator"
        case .proxyAuthenticate: "proxy-authenticate"
        case .proxyAuthenticationInfo: "proxy-authentication-info"
        case .proxyAuthorization: "proxy-authorization"
        case .proxyConnection: "proxy-connection"
        case .range: "range"
        case .referer: "referer"
        case .referrerPolicy: "referrer-policy"
        case .retryAfter: "retry-after"
        case .secFetchSite: "sec-fetch-site"
        case .secWebSocketKey: "sec-websocket-key"
        case .server: "server"
        case .sessionID: "session-id"
        case .setCookie: "set-cookie"
        case .strictTransportSecurity: "strict-transport-security"
        case .te: "te"
        case .threadID: "thread-id"
        case .tinyGatewayToken: "x-tinygateway-token"
        case .trailer: "trailer"
        case .transferEncoding: "transfer-encoding"
        case .upgrade: "upgrade"
        case .userAgent: "user-agent"
        case .vary: "vary"
        case .version: "version"
        case .via: "via"
        case .wwwAuthenticate: "www-authenticate"
        case .xClientRequestID: "x-client-request-id"
        case .xCodexPromoMessage: "x-codex-promo-message"
        case .xCodexTurnMetadata: "x-codex-turn-metadata"
        case .xCodexTurnState: "x-codex-turn-state"
        case .xContentTypeOptions: "x-content-type-options"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedProto: "x-forwarded-proto"
        case .xFrameOptions: "x-frame-options"
        case .xModelsETag: "x-models-etag"
        case .xRealIP: "x-real-ip"
        case .xRequestID: "x-request-id"
        case .xShouldRetry: "x-should-retry"
        }
    }
}
