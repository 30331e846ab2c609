/// `secret.key`: 32 random bytes that everything sealed depends on.
enum SecretKey {
    static let fileName = "secret.key"
    static let mode: UInt32 = 0o600

    /// - Throws: `.file`, or `.damaged` when the file does not hold exactly 32 bytes.
    static func read(_ path: String) throws(DirectoryError) -> SecretBytes {
        var bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, bytesMax: 4096)
        } catch let error {
            throw .file(error)
        }
        guard bytes.count == Seal.keyBytes else {
            throw .damaged("\(path) holds \(bytes.count) bytes instead of \(Seal.keyBytes)")
        }
        return SecretBytes(taking: &bytes)
    }
}
