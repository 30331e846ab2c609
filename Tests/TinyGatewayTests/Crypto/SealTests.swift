import Testing

@testable import TinyGateway

@Suite struct CryptoSealTests {
    let key = SecretBytes([UInt8](repeating: 9, count: 32).span)

    func seal(_ plain: [UInt8], _ purpose: String) -> [UInt8] {
        Seal.seal(plain.span, key: key, associated: [UInt8](purpose.utf8).span)
    }

    func open(_ sealed: [UInt8], _ purpose: String, _ key: SecretBytes? = nil) -> [UInt8]? {
        let opened = Seal.open(
            sealed.span, key: key ?? self.key, associated: [UInt8](purpose.utf8).span)
        return opened?.withSpan { span in span.indices.map { span[$0] } }
    }

    /// Test case 16 of the GCM specification (McGrew and Viega): AES-256, 60 bytes, associated
    /// data.
    @Test func thePublishedVector() throws {
        func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }
        let key = try bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
        let nonce = try bytes("cafebabefacedbaddecaf888")
        let plain = try bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
                + "2fcf0e2449a6b525b16aedf5aa0de657ba637b39")
        let associated = try bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        let sealed = Seal.seal(
            plain.span, key: SecretBytes(key.span), associated: associated.span, nonce: nonce)
        let expected = try bytes(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
                + "a7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b")
        #expect(sealed == nonce + expected)
    }

    @Test func whatIsSealedOpensForItsPurposeOnly() {
        let other = SecretBytes([UInt8](repeating: 8, count: 32).span)
        for count in [0, 1, 43, 500] {
            let plain = Random.bytes(count)
            let sealed = seal(plain, "access b_one")
            #expect(sealed.count == count + Seal.overheadBytes)
            #expect(open(sealed, "access b_one") == plain)
            #expect(open(sealed, "access b_two") == nil)
            #expect(open(sealed, "access b_one", other) == nil)
            #expect(seal(plain, "access b_one") != sealed, "a fresh nonce each time")
        }
    }

    @Test func everyBitIsAuthenticated() {
        let sealed = seal([1, 2, 3, 4, 5], "x")
        for bit in 0..<(sealed.count * 8) {
            var bytes = sealed
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(open(bytes, "x") == nil)
        }
        for count in 0..<sealed.count { #expect(open([UInt8](sealed[..<count]), "x") == nil) }
    }

    @Test func aTakenSecretLeavesNothingBehind() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(taking: &bytes)
        #expect(bytes.isEmpty && secret.count == 3)
    }
}
