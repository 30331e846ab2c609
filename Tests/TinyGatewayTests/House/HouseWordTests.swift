import Testing

/// Words that have no place in the tree: what is not done, and what belongs to one machine.
@Suite("House: words") struct HouseWordTests {
    struct Banned: Sendable {
        let word: String
        let remedy: String
    }

    // In pieces, so that this file does not contain them.
    static let banned: [Banned] = [
        Banned(word: "TO" + "DO", remedy: "do it, or file an issue"),
        Banned(word: "FIX" + "ME", remedy: "fix it, or file an issue"),
        Banned(word: "X" + "XX", remedy: "say what is wrong, or file an issue"),
        Banned(word: "/wo" + "rk/", remedy: "find the place from the file's own"),
        Banned(word: "/ho" + "me/", remedy: "find the place from $HOME"),
        Banned(word: "/ro" + "ot/", remedy: "find the place from $HOME"),
        Banned(word: "py" + "pi.org", remedy: "use the package manager's own configuration"),
        Banned(word: "files.python" + "hosted", remedy: "use the package manager's configuration"),
        Banned(word: "deb.debian" + ".org", remedy: "use the package manager's own configuration"),
        Banned(word: "proxy.golang" + ".org", remedy: "use the package manager's configuration"),
        Banned(word: "registry.np" + "mjs", remedy: "use the package manager's own configuration"),
    ]

    @Test(arguments: banned.indices) func noBannedWord(_ index: Int) {
        let banned = Self.banned[index]
        var faults: [HouseFault] = []
        for file in SourceTree.all {
            for (index, line) in file.lines.enumerated() where line.contains(banned.word) {
                faults.append(
                    HouseFault(
                        path: file.path, line: index + 1, what: "contains \(banned.word)",
                        remedy: banned.remedy))
            }
        }
        HouseFault.report(faults)
    }

    @Test func noTrailingSpaceAndAFinalLineEnd() {
        var faults: [HouseFault] = []
        for file in SourceTree.all {
            for (index, line) in file.lines.enumerated() where line.last == " " || line.last == "\t"
            {
                faults.append(
                    HouseFault(
                        path: file.path, line: index + 1, what: "space at the line's end",
                        remedy: "remove it"))
            }
            if file.lines.count > 1, file.lines.last != "" {
                faults.append(
                    HouseFault(
                        path: file.path, line: file.lines.count, what: "no final line end",
                        remedy: "end the last line"))
            }
        }
        HouseFault.report(faults)
    }

    @Test func theStripperLeavesCodeOnly() {
        let text = #"""
            let a = "Money \(b("c")) // no" // Money
            /* Money
            Money */ let d = #"Money " "#
            """#
        let code = SourceFile(path: "a.swift", text: text).code
        #expect(code == ["let a = \"\" ", "", " let d = #\"\"#"])
    }
}
