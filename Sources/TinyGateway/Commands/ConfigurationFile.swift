/// Finds and reads the configuration file.
enum ConfigurationFile {
    static let local = "./tinygateway.toml"
    static let system = "/etc/tinygateway/tinygateway.toml"

    /// The path of `--config`, else the first of the two usual places that exists.
    static func locate(_ chosen: String?) -> String {
        chosen ?? (Files.exists(local) ? local : system)
    }

    /// - Throws: `.unreadable`, or what is wrong inside.
    static func read(_ file: String) throws(ConfigurationError) -> Configuration {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(file, bytesMax: Limits.configurationBytes)
        } catch let error {
            if case .missing = error {
                throw .unreadable(
                    reason:
                        "no such file; write one with `tinygateway init`, or name it with --config FILE"
                )
            }
            throw .unreadable(reason: "\(error.text); name another with --config FILE")
        }
        return try Configuration(bytes, folder: folder(of: file))
    }

    /// The folder of a file's path, "." for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
