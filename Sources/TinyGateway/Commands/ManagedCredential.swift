/// Reads the operator's credential from where the configuration says it stands. Its text is a
/// secret: it goes into one field of requests to the upstream and nowhere else.
enum ManagedCredential {
    /// Bytes of a file that holds a key.
    private static let bytesMax = 65_536

    /// - Parameter configurationPath: named in errors.
    static func read(
        _ reference: CredentialReference, configurationPath: String
    ) throws(Refusal) -> String {
        let text: String
        switch reference {
        case .environment(let name):
            guard let value = HostProcess.environment(name) else {
                throw Refusal(
                    "\(configurationPath): upstream.managed.credentials: the environment variable "
                        + "\(name) is not set; export it, or write \"file:PATH\"")
            }
            text = value
        case .file(let path):
            do throws(FileError) {
                text = String(decoding: try Files.read(path, bytesMax: bytesMax), as: UTF8.self)
            } catch let error {
                throw Refusal(
                    "\(configurationPath): upstream.managed.credentials: \(error.text)")
            }
        case .auth:
            throw Refusal(
                "\(configurationPath): upstream.managed.credentials: auth: is not available yet; "
                    + "use \"env:NAME\" or \"file:PATH\" with an API key")
        }
        let key = text.split(whereSeparator: { $0 == "\n" || $0 == "\r" }).first.map(String.init)
        guard let key, !key.isEmpty, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Refusal(
                "\(configurationPath): upstream.managed.credentials: \(reference.text) does not "
                    + "hold an API key on its first line")
        }
        return key
    }
}
