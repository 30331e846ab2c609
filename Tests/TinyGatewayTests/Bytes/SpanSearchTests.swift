import Testing

@testable import TinyGateway

@Suite struct SpanSearchTests {
    /// Bytes that are near to what is searched for, in an order that a seed decides.
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        let alphabet: [UInt8] =
            Array("\"\\\r\n\t tT|a\u{C}\u{E}!#\u{1F}".utf8) + [0x00, 0x80, 0xFF]
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let isPlain = state >> 60 < 14
            return isPlain ? 0x62 : alphabet[Int(state >> 33) % alphabet.count]
        }
    }

    private static func first(
        _ bytes: [UInt8], _ range: Range<Int>, where matches: (Int) -> Bool
    ) -> Int {
        range.first(where: matches) ?? range.upperBound
    }

    @Test func everySearchFindsWhatALoopFinds() {
        for seed in UInt64(1)...40 {
            let bytes = Self.bytes(100, seed: seed)
            for from in stride(from: 0, through: 100, by: 3) {
                for to in from...100 {
                    compare(bytes, from..<to)
                }
            }
        }
    }

    private func compare(_ bytes: [UInt8], _ range: Range<Int>) {
        let span = bytes.span
        let byte = span.firstIndex(of: 0x0A, in: range)
        let text = span.firstStringEnd(in: range)
        let line = span.firstLineEnd(in: range)
        let key = span.firstLineEndOrTKey(in: range)
        let isLineEnd = { (at: Int) in bytes[at] == 0x0A || bytes[at] == 0x0D }
        let expected = (
            Self.first(bytes, range) { bytes[$0] == 0x0A },
            Self.first(bytes, range) { bytes[$0] < 0x20 || bytes[$0] == 0x22 || bytes[$0] == 0x5C },
            Self.first(bytes, range, where: isLineEnd),
            Self.first(bytes, range) {
                isLineEnd($0)
                    || bytes[$0] == 0x22 && $0 + 1 < range.upperBound
                        && [0x74, 0x5C, 0x54, 0x7C].contains(bytes[$0 + 1])
            }
        )
        if (byte, text, line, key) != expected {
            Issue.record("\(range) of \(bytes): \((byte, text, line, key)), not \(expected)")
        }
        let holds = expected.3 < range.upperBound || range.contains { bytes[$0] <= 0x0D }
        if span.holdsLineEndOrTKey(in: range) != holds {
            Issue.record("\(range) of \(bytes): \(!holds)")
        }
    }

    /// The one hit in a block is found wherever it stands, and nothing beside the range is.
    @Test func oneHitIsFoundAtEveryPlace() {
        for count in 1...150 {
            for place in 0..<count {
                for hit in ["\n", "\"t", "\"\\"] where place + hit.utf8.count <= count {
                    var bytes = Array(repeating: UInt8(0x62), count: count)
                    bytes.replaceSubrange(place..<place + hit.utf8.count, with: hit.utf8)
                    let span = bytes.span
                    let found = [
                        span.holdsLineEndOrTKey(in: 0..<count),
                        span.firstLineEndOrTKey(in: 0..<count) == place,
                        !span.holdsLineEndOrTKey(in: place + 1..<count),
                        !span.holdsLineEndOrTKey(in: 0..<place + hit.utf8.count - 1),
                    ]
                    if found.contains(false) {
                        Issue.record("\(hit) at \(place) of \(count): \(found)")
                    }
                }
            }
        }
    }

    @Test func aTextIsHeldWholeOrNot() {
        let bytes = Array("data: delta".utf8)
        let span = bytes.span
        let all = [
            span.holds("data", at: 0), span.holds("delta", at: 6), span.holds("", at: 11),
            !span.holds("delta", at: 7), !span.holds("delta!", at: 6), !span.holds("Data", at: 0),
            !span.holds("a", at: -1), !span.holds("", at: 12),
        ]
        #expect(!all.contains(false))
    }

    @Test func nothingIsFoundInNothing() {
        let none: [UInt8] = []
        let found = none.span.firstLineEnd(in: 0..<0) + none.span.firstStringEnd(in: 0..<0)
        #expect(found == 0)
    }

    @Test(arguments: [
        ("Content-Length", true), ("content-length", true), ("CONTENT-LENGTH", true),
        ("content_length", false), ("content-lengt", false), ("content-length ", false),
        ("cOntent\rlength", false),
    ])
    func fieldNamesAreComparedWithoutCase(text: String, isEqual: Bool) {
        let bytes = Array(text.utf8)
        let result = bytes.span.equalsIgnoringCase("Content-length")
        #expect(result == isEqual)
    }

    @Test func prefixAndSuffix() {
        let bytes = Array("response.delta".utf8)
        let span = bytes.span
        let all = [
            span.hasPrefix("response"), span.hasSuffix(".delta"), span.equals("response.delta"),
            !span.hasPrefix("response.delta."), !span.hasSuffix("xresponse.delta"),
            !span.equals("response.delt"),
        ]
        #expect(!all.contains(false))
    }
}
