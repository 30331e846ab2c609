@testable import TinyGateway

/// Heads for tests, from the lines that a peer would send.
enum Heads {
    static func request(
        _ line: String, _ fields: [String] = ["Host: gateway.test"]
    ) throws -> RequestHead {
        let bytes = [UInt8](text(line, fields).utf8)
        var parser = RequestHeadParser(limits: .request(Limits()))
        let used = try parser.feed(bytes.span)
        precondition(used == bytes.count, "a whole head")
        return parser.takeHead()
    }

    static func response(_ line: String, _ fields: [String]) throws -> ResponseHead {
        let bytes = [UInt8](text(line, fields).utf8)
        var parser = ResponseHeadParser(limits: .response(Limits()))
        let used = try parser.feed(bytes.span)
        precondition(used == bytes.count, "a whole head")
        return parser.takeHead()
    }

    /// The lines of a head that was written.
    static func lines(_ head: [UInt8]) -> [String] {
        let text = String(decoding: head, as: UTF8.self)
        precondition(text.hasSuffix("\r\n\r\n"), "a head ends with a blank line")
        return text.split(separator: "\r\n").map(String.init)
    }

    private static func text(_ line: String, _ fields: [String]) -> String {
        ([line] + fields).map { $0 + "\r\n" }.joined() + "\r\n"
    }
}
