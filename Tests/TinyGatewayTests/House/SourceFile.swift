/// One file of the tree: its path from the root, its lines, and its code without comments and text.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    /// Line for line what `lines` has, comments removed and the text of string literals left out.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = path.hasSuffix(".swift") ? CodeStripper.strip(lines) : lines
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    /// The folder of the folder table: `Billing`, `CUV`, `HTTP` ...; of files beside the folders
    /// their own name, `Limits.swift`.
    var folder: String {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count > 2, parts[0] == "Sources" else { return "" }
        return parts[1] == "TinyGateway" ? parts[2] : parts[1]
    }

    /// Identifiers of the code with the line each stands on, without those behind a point.
    var identifiers: [(line: Int, name: String)] {
        var found: [(line: Int, name: String)] = []
        for (index, line) in code.enumerated() {
            var word = ""
            var isMember = false
            var previous: Character = " "
            for character in line + " " {
                if character.isLetter || character.isNumber || character == "_" {
                    if word.isEmpty { isMember = previous == "." }
                    word.append(character)
                } else {
                    if !word.isEmpty, !isMember { found.append((index + 1, word)) }
                    word = ""
                }
                previous = character
            }
        }
        return found
    }

    /// What the file declares for others: the names of its types, from the first column on.
    var declaredTypes: [String] {
        code.compactMap { $0.hasPrefix(" ") ? nil : Self.declaredType($0) }
    }

    /// Names of types inside other types: in this folder they hide what others declare.
    var nestedTypes: [String] {
        code.compactMap { $0.hasPrefix(" ") ? Self.declaredType($0) : nil }
    }

    private static func declaredType(_ line: String) -> String? {
        let words = line.split { " :<({=".contains($0) }.map(String.init)
        for (index, word) in words.enumerated() {
            switch word {
            case "struct", "class", "enum", "protocol", "actor", "typealias":
                return index + 1 < words.count ? words[index + 1] : nil
            case "private", "fileprivate", "extension", "import", "func", "let", "var": return nil
            default: continue
            }
        }
        return nil
    }
}
