import Testing

@testable import TinyGateway

@Suite struct CryptoTextTests {
    func base64(_ bytes: [UInt8]) -> String { Base64URL.encode(bytes.span) }

    /// RFC 4648 section 10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func base64URL(plain: String, text: String) {
        #expect(base64([UInt8](plain.utf8)) == text)
        #expect(Base64URL.decode(text) == [UInt8](plain.utf8))
    }

    @Test(arguments: ["A", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v\n", "Zm9vA", "é"])
    func whatHasAnotherSpellingIsRefused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func allBytesComeBack() {
        let all = (0...255).map { UInt8($0) }
        #expect(Base64URL.decode(base64(all)) == all)
        #expect(base64([251, 255]) == "-_8")
        let hex = Hex.encode(all.span)
        #expect(Hex.decode(hex) == all)
    }

    @Test(arguments: ["0", "0g", "AB", "0x", " 0"])
    func badHexIsRefused(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func randomTokensAreLongAndDiffer() {
        #expect(Random.token().utf8.count == 43 && Random.token() != Random.token())
        #expect(Random.identifier().utf8.count == 22)
        #expect(Random.bytes(0).isEmpty && Random.bytes(1000).count == 1000)
    }

    @Test func comparingInConstantTimeIsComparing() {
        func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
            ConstantTime.equal(left.span, right.span)
        }
        #expect(equal([], []) && equal([1, 2], [1, 2]))
        #expect(!equal([1], [2]) && !equal([1], [1, 1]) && !equal([1, 2], [2, 1]))
    }
}
