import Testing

@testable import TinyGateway

@Suite("Proxy: what the token endpoint is asked and answers") struct TokenRefreshTests {
    static let old = CodexTokens(access: "a1", refresh: "r1", id: "i1", accountID: "acc")

    static func tokens(_ status: Int, _ text: String) throws(RefreshFault) -> CodexTokens {
        try TokenRefresh.tokens(status: status, content: [UInt8](text.utf8), after: old)
    }

    @Test func theQuestionIsTheOneThatCodexAsks() {
        #expect(
            String(decoding: TokenRefresh.content("rt\"1"), as: UTF8.self)
                == """
                {"client_id":"app_EMoamEEZ73f0CkXaXp7hrann","grant_type":"refresh_token",\
                "refresh_token":"rt\\"1"}
                """)
        let origin = UpstreamOrigin(URL("https://auth.example.test/oauth/token")!)
        #expect(
            Heads.lines(TokenRefresh.head(origin, contentBytes: 12)) == [
                "POST /oauth/token HTTP/1.1", "host: auth.example.test",
                "user-agent: tinygateway", "content-type: application/json",
                "accept: application/json", "accept-encoding: identity", "connection: close",
                "content-length: 12",
            ])
    }

    @Test func whatIsNotNamedStays() throws {
        #expect(
            try Self.tokens(
                200, "{\"access_token\":\"a2\",\"refresh_token\":\"r2\",\"id_token\":\"i2\"}")
                == CodexTokens(access: "a2", refresh: "r2", id: "i2", accountID: "acc"))
        #expect(
            try Self.tokens(200, "{\"access_token\":\"a2\"}")
                == CodexTokens(access: "a2", refresh: "r1", id: "i1", accountID: "acc"))
        #expect(
            try Self.tokens(200, "{\"refresh_token\":\"r2\",\"access_token\":null}")
                == CodexTokens(access: "a1", refresh: "r2", id: "i1", accountID: "acc"))
        // A token that no field can carry is none.
        #expect(
            try Self.tokens(200, "{\"refresh_token\":\"r2\",\"access_token\":\"a\\nb\"}").access
                == "a1")
    }

    @Test(arguments: [
        (200, "", RefreshFault.unreadable), (200, "{}", .unreadable), (200, "<html>", .unreadable),
        (200, "{\"id_token\":\"i2\"}", .unreadable),
        (200, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\"}", .unreadable),
        (401, "", .refused(status: 401, code: nil)),
        (
            401, "{\"error\":{\"code\":\"refresh_token_expired\",\"message\":\"m\"}}",
            .refused(status: 401, code: "refresh_token_expired")
        ),
        (
            401, "{\"code\":\"refresh_token_reused\"}",
            .refused(status: 401, code: "refresh_token_reused")
        ),
        (
            400, "{\"error\":\"invalid_grant\",\"error_description\":\"d\"}",
            .refused(status: 400, code: "invalid_grant")
        ),
        (400, "{\"error\":\"invalid_request\"}", .status(400)), (400, "", .status(400)),
        (403, "<html>", .status(403)), (429, "{}", .status(429)), (500, "x", .status(500)),
        (302, "", .status(302)),
    ]) func refusalsAreToldApart(_ status: Int, _ text: String, _ fault: RefreshFault) {
        #expect(throws: fault) { try Self.tokens(status, text) }
    }

    @Test func onlyARefusalIsFinalAndOnlySilenceIsDoubtful() {
        #expect(RefreshFault.refused(status: 401, code: nil).isFinal)
        for fault in [
            RefreshFault.status(500), .unreachable, .unanswered, .unreadable, .expired, .noFile,
        ] {
            #expect(!fault.isFinal)
            #expect(fault.isDoubtful == (fault == .unanswered || fault == .unreadable))
        }
    }
}
