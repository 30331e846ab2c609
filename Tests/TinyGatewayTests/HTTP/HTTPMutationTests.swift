import Testing

@testable import TinyGateway

/// Sound and broken messages, mutated by a seed: no byte sequence may stop the process, and how the
/// bytes were cut may never matter.
@Suite("HTTP: mutations") struct HTTPMutationTests {
    /// xorshift64*: the same numbers on every machine.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 2_685_821_657_736_338_717
        }
    }

    static let requests = HTTPRequestHeadTests.sound.map { latin($0.bytes) }
    static let responses = HTTPResponseHeadTests.sound.map { latin($0.bytes) }

    /// What breaks parsers: line ends, separators, digits, the extremes.
    static let spice = [
        "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ",", ";", "=", "\"", "\\", "\0", "\u{FF}",
        "0", "9999999999", "ffffffffffff", "%2e", "/", "?", "#", "_", "Host: a\r\n",
        "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n",
    ].map { latin($0) }

    static func mutated(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0..<6, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where place < bytes.count:
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default:
                bytes.insert(contentsOf: spice.randomElement(using: &generator) ?? [], at: place)
            }
        }
        return bytes
    }

    static func cut(_ bytes: [UInt8], _ generator: inout Generator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...min(rest.count, 24), using: &generator)
            pieces.append([UInt8](rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    @Test(arguments: [UInt64(20_261_122), 1, 0xDEAD_BEEF]) func noMutationBreaksTheParsers(
        _ seed: UInt64
    ) {
        var generator = Generator(state: seed)
        var outcomes: Set<String> = []
        for round in 0..<1500 {
            let isRequest = round % 2 == 0
            let side: HTTPTranscript.Side = isRequest ? .requests : .responses(.get)
            let sound = (isRequest ? Self.requests : Self.responses).randomElement(
                using: &generator)
            let bytes = Self.mutated(sound ?? [], &generator)
            let whole = HTTPTranscript.read([bytes], as: side)
            let pieces = HTTPTranscript.read(Self.cut(bytes, &generator), as: side)
            guard whole.lines == pieces.lines else {
                Issue.record(
                    "seed \(seed), round \(round): \(bytes) \(whole.lines) \(pieces.lines)")
                return
            }
            outcomes.insert(whole.verdict)
        }
        // A mutation that never got past the first line would prove nothing.
        #expect(outcomes.count > 15, "\(outcomes)")
    }

    /// What has passed the parser can be written again and read again, and says the same.
    @Test func whatWasReadCanBeWrittenAndReadAgain() throws {
        var generator = Generator(state: 7)
        var written = 0
        for _ in 0..<1500 {
            let sound = Self.requests.randomElement(using: &generator) ?? []
            let bytes = Self.mutated(sound, &generator)
            for head in HTTPTranscript.read([bytes], as: .requests).heads
            where head.target.form == .origin {
                var writer = HeadWriter(method: head.method, target: head.target.text)
                for index in head.fields.indices { writer.field(copying: index, of: head.fields) }
                let text = writer.finish()
                guard head.minorVersion == 1 else { continue }
                var parser = RequestHeadParser(limits: .request(Limits()))
                #expect(try parser.feed(text.span) == text.count)
                let again = parser.takeHead()
                #expect(again.method == head.method)
                #expect(again.target == head.target)
                #expect(again.framing == head.framing)
                #expect(again.keepAlive == head.keepAlive)
                #expect(again.fields.count == head.fields.count)
                written += 1
            }
        }
        #expect(written > 100)
    }
}
