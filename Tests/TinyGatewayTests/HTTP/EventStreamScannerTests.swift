import Testing

@testable import TinyGateway

@Suite struct EventStreamScannerTests {
    /// The values of the events dispatched, fed in pieces cut at the offsets given.
    static func events(_ stream: [UInt8], cuts: [Int] = []) -> [String] {
        var scanner = EventStreamScanner()
        var events: [String] = []
        var value: [UInt8] = []
        var lines = 0
        let bounds = [0] + cuts + [stream.count]
        for (from, to) in zip(bounds, bounds.dropFirst()) {
            var position = from
            while let piece = scanner.next(in: stream.span, from: &position, to: to) {
                switch piece {
                case .data(let range): value += stream[range]
                case .dataEnd:
                    value.append(0x0A)
                    lines += 1
                case .dispatch:
                    if lines > 0 {
                        events.append(String(decoding: value.dropLast(), as: UTF8.self))
                    }
                    value = []
                    lines = 0
                }
            }
        }
        return events
    }

    static let table: [(words: String, stream: String, events: [String])] = [
        ("one line", "data: a\n\n", ["a"]),
        ("CRLF", "data: a\r\n\r\n", ["a"]),
        ("CR", "data: a\r\rdata: b\r\r", ["a", "b"]),
        ("mixed line ends", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r", ["a\nb\nc", "d"]),
        ("several lines", "data: {\ndata: }\n\n", ["{\n}"]),
        ("no colon is an empty value", "data\n\n", [""]),
        ("two without a colon", "data\ndata\n\n", ["\n"]),
        ("no value", "data:\n\n", [""]),
        ("one space only is dropped", "data:  a \n\n", [" a "]),
        ("no space", "data:a\n\n", ["a"]),
        ("a tab stays", "data:\ta\n\n", ["\ta"]),
        ("a byte order mark", "\u{FEFF}data: a\n\n", ["a"]),
        ("a second one is part of a name", "\u{FEFF}\u{FEFF}data: a\n\n", []),
        ("one in the middle as well", "data: a\n\n\u{FEFF}data: b\n\n", ["a"]),
        ("comments", ": x\n\n:data: y\ndata: a\n:\n\n", ["a"]),
        ("event and id lines", "event: data\nid: data: x\ndata: a\nretry: 1\n\n", ["a"]),
        ("names near to data", "Data: a\ndat: b\ndatas: c\n data: d\ndata : e\nd\n\n", []),
        ("a name that begins like data", "dat\ndata: a\n\n", ["a"]),
        ("blank lines in front", "\n\r\n\rdata: a\n\n\n\n", ["a"]),
        ("colons in the value", "data: a: b:data: c\n\n", ["a: b:data: c"]),
        ("the end without a blank line", "data: a\n\ndata: b\n", ["a"]),
        ("UTF-8", "data: \u{E9}\u{1F600}\n\n", ["\u{E9}\u{1F600}"]),
        (
            "a long line", "data: \(String(repeating: "x", count: 300))\n\n",
            [String(repeating: "x", count: 300)]
        ),
    ]

    @Test(arguments: table.indices)
    func everyStreamAtEverySplit(index: Int) {
        let (words, text, expected) = Self.table[index]
        let stream = Array(text.utf8)
        #expect(Self.events(stream) == expected, "\(words)")
        #expect(Self.events(stream, cuts: Array(0..<stream.count)) == expected, "\(words)")
        for first in 0...stream.count {
            let step = stream.count > 100 ? 37 : 1
            for second in stride(from: first, through: stream.count, by: step)
            where Self.events(stream, cuts: [first, second]) != expected {
                Issue.record("\(words) cut at \(first), \(second)")
            }
        }
    }

    @Test(arguments: [
        ("", false), ("data: a\n\n", false), ("data: a\n", true), ("d", true), (": x\n", true),
        ("data: a\r\n\r", false), ("data: a\n\nevent: b", true), ("\n\n", false),
    ])
    func anOpenEventIsKnown(text: String, isInside: Bool) {
        let stream = Array(text.utf8)
        var scanner = EventStreamScanner()
        var position = 0
        while scanner.next(in: stream.span, from: &position, to: stream.count) != nil {}
        #expect(scanner.isInsideEvent == isInside)
    }
}
