@testable import TinyGateway

/// Wants everything, and writes down what it is told as `path=value`.
struct JSONRecorder: JSONVisitor {
    static var ignored: String { "" }
    var root: String { "$" }
    var lines: [String] = []

    mutating func member(of parent: String, key: Span<UInt8>) -> String {
        parent + "." + String(copying: key)
    }
    mutating func element(of parent: String) -> String { parent + "[]" }
    mutating func opened(_ node: String) { lines.append(node + " opened") }
    mutating func closed(_ node: String) { lines.append(node + " closed") }
    func keepsText(at node: String) -> Bool { !node.hasSuffix(".unkept") }
    mutating func string(_ text: Span<UInt8>, at node: String) {
        lines.append(node + "='" + String(copying: text) + "'")
    }
    mutating func scalar(_ scalar: JSONScalar, at node: String) {
        lines.append(node + "=\(scalar)")
    }
    mutating func tooDeep(_ node: String) { lines.append(node + " too deep") }

    /// What a scanner makes of a document fed in pieces cut at the offsets given.
    static func scan(_ document: [UInt8], cuts: [Int] = []) -> (
        lines: [String], isDone: Bool, end: Int?
    ) {
        var scanner = JSONScanner(visitor: JSONRecorder())
        var end: Int?
        let bounds = [0] + cuts + [document.count]
        for (from, to) in zip(bounds, bounds.dropFirst()) {
            if let bracket = scanner.scan(document.span, in: from..<to) {
                end = bracket
                _ = scanner.scan(document.span, in: bracket + 1..<to)
            }
        }
        return (scanner.visitor.lines, scanner.isDone, end)
    }
}
