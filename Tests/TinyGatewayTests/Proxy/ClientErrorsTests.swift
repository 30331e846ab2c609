import Billing
import Testing

@testable import TinyGateway

/// What the client is told, row by row: what Codex does with each was measured, and a wrong one
/// costs repeats.
@Suite("Proxy: what the client is told") struct ClientErrorsTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let error: OpenAIError
        let status: Int
        let code: String
        var type = "invalid_request_error"
        var fields: [String] = []

        var testDescription: String { name }
    }

    static let promo = "top up at https://gateway.test/dashboard"

    static let rows = [
        Row(
            name: "missing token", error: .missingToken(hasLogin: false), status: 401,
            code: "missing_token"),
        Row(
            name: "unknown token", error: .unknownToken(hasLogin: false), status: 401,
            code: "invalid_api_key"),
        Row(
            name: "unknown token beside a login", error: .unknownToken(hasLogin: true), status: 400,
            code: "invalid_prompt"),
        Row(name: "two tokens", error: .twoTokens, status: 400, code: "two_tokens"),
        Row(
            name: "upgrade", error: .upgradeRefused, status: 426, code: "upgrade_refused",
            fields: ["upgrade: HTTP/1.1"]),
        Row(
            name: "too many requests", error: .rateLimited, status: 429,
            code: "rate_limit_exceeded",
            type: "rate_limit_error", fields: ["retry-after: 2"]),
        Row(name: "failed sync", error: .ledgerClosed, status: 400, code: "invalid_prompt"),
        Row(
            name: "full", error: .overloaded, status: 503, code: "server_is_overloaded",
            type: "server_error"),
        Row(
            name: "upstream unreachable", error: .upstreamUnreachable, status: 502,
            code: "upstream_unreachable", type: "server_error"),
        Row(
            name: "upstream broken", error: .upstreamBroken, status: 502, code: "upstream_broken",
            type: "server_error"),
        Row(
            name: "upstream unreadable", error: .upstreamUnreadable, status: 400,
            code: "invalid_prompt"),
        Row(name: "upstream silent", error: .upstreamSilent, status: 400, code: "invalid_prompt"),
        Row(name: "upstream closed", error: .upstreamClosed, status: 400, code: "invalid_prompt"),
        Row(
            name: "managed credential refused", error: .serviceUnavailable("Codex Pay"),
            status: 400,
            code: "invalid_prompt"),
        Row(
            name: "used up", error: .usedUp(.usedUp, publicURL: "https://gateway.test"),
            status: 429,
            code: "usage_limit_reached", type: "usage_limit_reached",
            fields: [
                "x-codex-promo-message: Your prepaid balance is used up or too small for this "
                    + "request: \(promo)"
            ]),
        Row(
            name: "expired", error: .usedUp(.expired, publicURL: "https://gateway.test"),
            status: 429,
            code: "usage_limit_reached", type: "usage_limit_reached",
            fields: ["x-codex-promo-message: Your prepaid balance has expired: \(promo)"]),
        Row(name: "not found", error: .notFound, status: 404, code: "not_found"),
        Row(
            name: "too large", error: .contentTooLarge(limit: 5), status: 413,
            code: "request_too_large"),
    ]

    @Test(arguments: rows) func everyRowHolds(_ row: Row) throws {
        let error = row.error
        #expect(error.status == row.status)
        #expect(error.code == row.code)
        #expect(error.type == row.type)
        #expect(error.fields.map { "\($0.name): \($0.value)" } == row.fields)
        let document = try JSONReader.read(error.body, bytesMax: 4096)
        #expect(document.members?.count == 1)
        let inner = document["error"]
        #expect(inner?.members?.map { $0.name } == ["message", "type", "code", "param"])
        #expect(inner?["message"]?.string == error.message)
        #expect(inner?["type"]?.string == row.type)
        #expect(inner?["code"]?.string == row.code)
        #expect(inner?["param"] == .null)
        // A sentence, and nothing that could break a head.
        #expect(error.message.hasSuffix(".") && error.message.first?.isUppercase == true)
        for field in error.fields { #expect(HeadWriter.isFieldValue(field.value)) }
    }

    @Test func aMomentIsAddedAsANumber() throws {
        var error = OpenAIError.rateLimited
        error.resetsAt = 1_795_000_000
        let document = try JSONReader.read(error.body, bytesMax: 4096)
        #expect(document["error"]?["resets_at"]?.integer == 1_795_000_000)
    }
}
