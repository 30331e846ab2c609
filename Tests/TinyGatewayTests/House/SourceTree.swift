import Foundation

/// The tree that these tests look at: found from this file's own place.
enum SourceTree {
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        // House, TinyGatewayTests, Tests.
        parts.removeLast(4)
        return parts.joined(separator: "/")
    }()

    static let sources = files(below: "Sources", suffixes: [".swift", ".c", ".h"])
    static let swiftSources = sources.filter { $0.path.hasSuffix(".swift") }
    static let tests = files(below: "Tests", suffixes: [".swift", ".py", ".sh"])
    static let bench = files(below: "bench", suffixes: [".c", ".h", ".sh", ".md"])
    static let packaging = files(below: "packaging", suffixes: [".service", ".md"])
    static let page: [SourceFile] = [
        "Package.swift", "Makefile", "README.md", "CONTRIBUTING.md", ".ci/run", ".gitignore",
    ].compactMap(file)
    static let all = sources + tests + bench + packaging + page

    private static func files(below folder: String, suffixes: [String]) -> [SourceFile] {
        guard let names = FileManager.default.enumerator(atPath: root + "/" + folder) else {
            return []
        }
        return names.compactMap { $0 as? String }
            .filter { name in suffixes.contains { name.hasSuffix($0) } }
            .sorted().compactMap { file(folder + "/" + $0) }
    }

    private static func file(_ path: String) -> SourceFile? {
        guard let bytes = FileManager.default.contents(atPath: root + "/" + path) else {
            return nil
        }
        return SourceFile(path: path, text: String(decoding: bytes, as: UTF8.self))
    }
}
