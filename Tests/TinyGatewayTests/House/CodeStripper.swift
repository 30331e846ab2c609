/// Takes comments and the text of string literals out of Swift code, line by line, so that what is
/// left can be searched for names. Interpolations count as text.
struct CodeStripper {
    private enum State { case code, blockComment, multilineText }

    private var state = State.code
    private var output: [String] = []

    static func strip(_ lines: [String]) -> [String] {
        var stripper = CodeStripper()
        for line in lines { stripper.take(Array(line)) }
        return stripper.output
    }

    private mutating func take(_ line: [Character]) {
        var kept = ""
        var index = 0
        while index < line.count {
            switch state {
            case .blockComment: skip(line, to: "*/", &index)
            case .multilineText: skip(line, to: "\"\"\"", &index)
            case .code: index = readCode(line, index, &kept)
            }
        }
        output.append(kept)
    }

    private mutating func readCode(_ line: [Character], _ start: Int, _ kept: inout String) -> Int {
        if Self.has("//", line, start) { return line.count }
        if Self.has("/*", line, start) {
            state = .blockComment
            return start + 2
        }
        if Self.has("\"\"\"", line, start) {
            state = .multilineText
            kept += "\"\""
            return start + 3
        }
        if line[start] == "\"" {
            kept += "\"\""
            return Self.endOfText(line, start)
        }
        kept.append(line[start])
        return start + 1
    }

    private mutating func skip(_ line: [Character], to mark: String, _ index: inout Int) {
        while index < line.count, !Self.has(mark, line, index) { index += 1 }
        guard index < line.count else { return }
        index += mark.count
        state = .code
    }

    /// The position behind the literal whose first quote is at `start`.
    private static func endOfText(_ line: [Character], _ start: Int) -> Int {
        let isRaw = start > 0 && line[start - 1] == "#"
        var index = start + 1
        var depth = 0
        while index < line.count {
            if !isRaw, line[index] == "\\" {
                if has("\\(", line, index) { depth += 1 }
                index += 2
                continue
            }
            if depth > 0 {
                if line[index] == "(" { depth += 1 }
                if line[index] == ")" { depth -= 1 }
            } else if line[index] == "\"", !isRaw || has("\"#", line, index) {
                return index + 1
            }
            index += 1
        }
        return line.count
    }

    private static func has(_ mark: String, _ line: [Character], _ index: Int) -> Bool {
        line.count - index >= mark.count && line[index..<index + mark.count].elementsEqual(mark)
    }
}
