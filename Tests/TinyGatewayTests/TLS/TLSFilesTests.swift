import Testing

@testable import TinyGateway

@Suite struct TLSFilesTests {
    private let fixtures = TLSHarness.fixtures

    @Test func rootsComeFromAFileThatHasToBeThere() throws {
        #expect(try TrustStore(path: fixtures + "authority.pem").unreadable == 0)
        #expect(throws: TLSSetupError.noCertificate(path: fixtures + "server.key")) {
            try TrustStore(path: fixtures + "server.key")
        }
        #expect(throws: TLSSetupError.unreadable(.missing(path: "/none"))) {
            try TrustStore(path: "/none")
        }
        #expect(throws: TLSSetupError.noBundle(searched: ["/none"])) {
            try TrustStore(path: "", searching: ["/none"])
        }
    }

    @Test func certificateAndKeyBelongTogether() throws {
        let server = fixtures + "server.pem"
        let key = fixtures + "server.key"
        let other = fixtures + "other.key"
        #expect(try TLSIdentity(certificatePath: server, keyPath: key).dateFaults == [])
        #expect(throws: TLSSetupError.mismatch(certificate: server, key: other)) {
            try TLSIdentity(certificatePath: server, keyPath: other)
        }
        #expect(throws: TLSSetupError.noKey(path: server)) {
            try TLSIdentity(certificatePath: server, keyPath: server)
        }
        #expect(throws: TLSSetupError.noCertificate(path: key)) {
            try TLSIdentity(certificatePath: key, keyPath: key)
        }
    }

    @Test func everyFaultHasItsRemedy() {
        let faults: [(CertificateFaults, String)] = [
            (.selfSigned, "upstream.ca_file"), (.unknownIssuer, "upstream.ca_file"),
            (.expired, "renewed"), (.notYetValid, "clock"), (.otherHost, "URL"),
            (.revoked, "replaced"), (.weak, "replaced"), ([], "cannot be verified"),
            ([.selfSigned, .expired], "self-signed"),
        ]
        for (fault, remedy) in faults {
            let text = TLSFault.untrusted(fault).text(host: "h")
            #expect(text.hasPrefix("the certificate of h "))
            #expect(text.contains(remedy), "\(text)")
        }
    }

    @Test func whoMayHaveReadAlong() {
        #expect(ListenAddress.tcp(host: "127.0.0.1", port: 1).isLoopback)
        #expect(ListenAddress.tcp(host: "::1", port: 1).isLoopback)
        #expect(!ListenAddress.tcp(host: "0.0.0.0", port: 1).isLoopback)
        #expect(!ListenAddress.tcp(host: "::", port: 1).isLoopback)
    }
}
