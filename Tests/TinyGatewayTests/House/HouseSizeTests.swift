import Testing

/// Sizes at which a reader loses the thread: a screen's width, a screen's height, a file.
@Suite("House: sizes") struct HouseSizeTests {
    static let columnsMax = 100
    static let cColumnsMax = 120
    static let functionLinesMax = 60
    static let fileLinesMax = 400

    /// A sentence inside a string literal is not cut for the sake of a column, so its text does not
    /// count.
    @Test func linesFitTheScreen() {
        var faults: [HouseFault] = []
        for file in SourceTree.sources + SourceTree.tests + SourceTree.bench {
            let isSwift = file.path.hasSuffix(".swift")
            guard isSwift || file.path.hasSuffix(".c") || file.path.hasSuffix(".h") else {
                continue
            }
            let limit = isSwift ? Self.columnsMax : Self.cColumnsMax
            for (index, line) in file.lines.enumerated() where line.count > limit {
                // What the stripper left of the line, unless it is a comment.
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                if isSwift, !isComment, file.code[index].count <= limit { continue }
                faults.append(
                    HouseFault(
                        path: file.path, line: index + 1, what: "\(line.count) columns",
                        remedy: "break it before column \(limit + 1)"))
            }
        }
        HouseFault.report(faults)
    }

    @Test func filesAreShort() {
        let faults = (SourceTree.sources + SourceTree.tests + SourceTree.bench)
            .filter { $0.lines.count - 1 > Self.fileLinesMax && !$0.path.hasSuffix(".py") }
            .map { file in
                HouseFault(
                    path: file.path, line: file.lines.count - 1, what: "too many lines",
                    remedy: "a file has at most \(Self.fileLinesMax): one type, one file")
            }
        HouseFault.report(faults)
    }

    @Test func functionsFitTheScreen() {
        var faults: [HouseFault] = []
        for file in SourceTree.swiftSources {
            for (line, count) in Self.functions(file.code) where count > Self.functionLinesMax {
                faults.append(
                    HouseFault(
                        path: file.path, line: line, what: "a function of \(count) lines",
                        remedy: "keep the decisions, move what has no branches to helpers"))
            }
        }
        HouseFault.report(faults)
    }

    /// Functions, initializers and computed values with their first line and number of lines: the
    /// formatter puts the closing brace into the column in which the declaration begins.
    static func functions(_ code: [String]) -> [(line: Int, count: Int)] {
        var found: [(line: Int, count: Int)] = []
        for (index, line) in code.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let words = line.split { " (<?".contains($0) }
            guard words.contains("func") || words.contains("init") else { continue }
            var end = index
            var hasBody = false
            while end < code.count {
                if code[end].hasSuffix("{") { hasBody = true }
                let text = code[end].drop { $0 == " " }
                let isHere = code[end].prefix { $0 == " " }.count == indent
                if hasBody, end > index, isHere, text.hasPrefix("}") { break }
                // A requirement of a protocol, or a call: nothing opens.
                if !hasBody, end > index, isHere, !text.hasPrefix(")"), !text.isEmpty { break }
                end += 1
            }
            if hasBody { found.append((index + 1, end - index + 1)) }
        }
        return found
    }

    @Test func functionsAreMeasured() {
        let code = [
            "struct A {", "    func b(", "        c: Int", "    ) -> Int {", "        if c {",
            "        }", "    }", "    init() { x() }", "}",
        ]
        let found = Self.functions(code)
        #expect(found.map { $0.line } == [2])
        #expect(found.map { $0.count } == [6])
    }
}
