import Testing

@testable import TinyGateway

/// FIPS 180-4 and RFC 4231 vectors.
@Suite struct CryptoDigestTests {
    func hex(_ bytes: [UInt8]) -> String { Hex.encode(bytes.span) }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(text: String, digest: String) {
        #expect(SHA256.digest(of: [UInt8](text.utf8)).hex == digest)
        #expect(Digest32(hex: digest) == SHA256.digest(of: [UInt8](text.utf8)))
    }

    @Test func sha512() {
        #expect(
            hex(SHA512.hash([UInt8]("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    }

    @Test func anySplitGivesTheSameDigestAndAnObjectServesAgain() {
        let text = [UInt8]("the quick brown fox".utf8) + [UInt8](repeating: 7, count: 200)
        let long = SHA512()
        let short = SHA256()
        for split in 0...text.count {
            for piece in [[UInt8](text[..<split]), [UInt8](text[split...])] {
                long.update(piece)
                short.update(piece.span)
            }
            let isSame = long.finish() == SHA512.hash(text)
            #expect(isSame, "split at \(split)")
            #expect(short.finish() == SHA256.digest(of: text))
        }
    }

    func hmac(_ key: [UInt8], _ text: String) -> String {
        HMAC.sha256(key: key.span, [UInt8](text.utf8).span).hex
    }

    @Test func hmacSHA256() {
        #expect(
            hmac([UInt8](repeating: 0x0b, count: 20), "Hi There")
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            hmac([UInt8]("Jefe".utf8), "what do ya want for nothing?")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            hmac(
                [UInt8](repeating: 0xaa, count: 131),
                "Test Using Larger Than Block-Size Key - Hash Key First")
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(hmac([], "").utf8.count == 64)
    }

    @Test func aDigestHasOneSpelling() {
        let digest = SHA256.digest(of: [1, 2, 3])
        #expect(Digest32(hex: digest.hex) == digest)
        #expect(Digest32(hex: digest.hex.uppercased()) == nil)
        #expect(Digest32(hex: String(digest.hex.dropLast())) == nil)
        for bit in 0..<256 {
            var bytes = digest.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let other = Digest32(checked: bytes.span)
            #expect(other != digest && other.bytes == bytes)
        }
    }
}
