/// One of the operator's credentials as it stands where the configuration says. Its text is a
/// secret: it goes into one field of requests to the upstream and nowhere else.
final class ManagedCredential {
    let name: String
    /// Empty where there are tokens instead.
    private(set) var key = ""
    /// An `auth.json` with tokens.
    private(set) var login: (file: AuthFile, document: AuthDocument)?

    private static let place = "upstream.managed.credentials"

    /// - Parameter configurationPath: named in errors.
    static func readAll(
        _ references: [CredentialReference], configurationPath path: String
    ) throws(Refusal) -> [ManagedCredential] {
        var all: [ManagedCredential] = []
        for reference in references {
            let read = try ManagedCredential(reference, configurationPath: path)
            for known in all where known.isSame(as: read) {
                throw Refusal(
                    "\(path): \(place): \(known.name) and \(read.name) are the same; name each "
                        + "credential once")
            }
            read.warn(reference)
            all.append(read)
        }
        guard !all.isEmpty else { throw Refusal("\(path): \(place) is empty") }
        return all
    }

    private init(
        _ reference: CredentialReference, configurationPath path: String
    ) throws(Refusal) {
        name = reference.text
        switch reference {
        case .environment(let variable):
            guard let value = HostProcess.environment(variable) else {
                throw Refusal(
                    "\(path): \(Self.place): the environment variable \(variable) is not set; "
                        + "export it, or write \"file:PATH\"")
            }
            key = try Self.key([UInt8](value.utf8), name, path)
        case .file(let file):
            key = try Self.key(try Self.bytes(file, path), name, path)
        case .auth(let file):
            try read(AuthFile(file), path)
        }
    }

    private static func bytes(_ file: String, _ path: String) throws(Refusal) -> [UInt8] {
        do throws(FileError) {
            return try Files.read(file, bytesMax: Limits.credentialBytes)
        } catch {
            throw Refusal("\(path): \(place): \(error.text)")
        }
    }

    /// The first line.
    private static func key(
        _ bytes: [UInt8], _ name: String, _ path: String
    ) throws(Refusal) -> String {
        let isEnd = { (byte: UInt8) in byte == 0x0A || byte == 0x0D }
        let line = bytes.drop(while: isEnd).prefix { !isEnd($0) }
        let key = String(decoding: line, as: UTF8.self)
        guard CodexTokens.isFieldText(key) else {
            throw Refusal(
                "\(path): \(place): \(name) does not hold an API key on its first line")
        }
        return key
    }

    private func read(_ file: AuthFile, _ path: String) throws(Refusal) {
        do throws(AuthFault) {
            let document = try file.read()
            switch document.login {
            case .key(let key): self.key = key
            case .tokens: login = (file, document)
            }
        } catch {
            throw Refusal("\(path): \(Self.place): \(error.text(file.path))")
        }
    }

    /// A login that stands in two files, of which one is a copy, would be renewed twice and end.
    private func isSame(as other: ManagedCredential) -> Bool {
        if name == other.name { return true }
        guard let tokens = login?.document.tokens else { return false }
        return tokens.refresh == other.login?.document.tokens?.refresh
    }

    /// Says what the operator should know before it matters.
    private func warn(_ reference: CredentialReference) {
        switch reference {
        case .environment: return
        case .file(let file), .auth(let file):
            if let mode = SharedFile.mode(file), mode & 0o007 != 0 {
                Log.line("\(file) is open to every user of this machine; chmod 600 \(file)")
            }
        }
        if let path = login?.file.path, !SharedFile.isReplaceable(path) {
            Log.line(
                "\(path) cannot be replaced: its folder must be writable and the file must be "
                    + "the gateway's own; refreshed tokens will be lost at a restart")
        }
    }
}
