/// An `auth.json` where it lies, which Codex and its owner write too.
final class AuthFile {
    let path: String
    /// What the file was when it was read; nil when that is not known.
    private var stamp: UInt64?

    init(_ path: String) {
        self.path = path
    }

    /// Whether it was written or replaced since it was read.
    var hasChanged: Bool {
        SharedFile.stamp(path) != stamp
    }

    func read() throws(AuthFault) -> AuthDocument {
        // Before the content: what is written meanwhile is seen the next time.
        let stamp = SharedFile.stamp(path)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, bytesMax: Limits.credentialBytes)
        } catch {
            throw .file(error)
        }
        let document = try AuthDocument(bytes)
        self.stamp = stamp
        return document
    }

    /// We wrote it, so it has another stamp; somebody else may have been faster.
    func forget() {
        stamp = nil
    }
}
