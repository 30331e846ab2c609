import Foundation

/// One message of the shared corpora.
struct HTTPCorpusCase: Sendable {
    let name: String
    /// `type` of the llhttp corpus; empty in the other.
    let type: String
    /// The error that llhttp reports; the status that Http11Probe wants.
    let expected: String?
    let bytes: [UInt8]
}

/// The shared corpora lie beside the package, not in it; on a machine without them their tests say
/// so and pass.
enum HTTPCorpus {
    static func load(_ file: String) -> [HTTPCorpusCase] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appending(path: "../shared/corpora/" + file).standardizedFileURL
        guard let data = try? Data(contentsOf: path),
            let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let cases = object["cases"] as? [[String: Any]]
        else {
            print("SKIPPED: ../shared/corpora/\(file) is not there; its cases were not run")
            return []
        }
        return cases.map { item in
            let title = (item["title"] as? String).map { "\(item["file"] ?? ""): \($0)" }
            return HTTPCorpusCase(
                name: item["id"] as? String ?? title ?? "",
                type: item["type"] as? String ?? "",
                expected: item["error"] as? String ?? item["status"] as? String,
                bytes: [UInt8](Data(base64Encoded: item["b64"] as? String ?? "") ?? Data()))
        }
    }
}
