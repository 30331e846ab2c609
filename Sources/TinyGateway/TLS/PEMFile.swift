import CMbedTLS

/// Reads a PEM file for mbedTLS, which wants a zero byte behind it.
enum PEMFile {
    static func read(_ path: String) throws(TLSSetupError) -> [UInt8] {
        do throws(FileError) {
            var bytes = try Files.read(path, bytesMax: Limits.certificateBytes)
            bytes.append(0)
            return bytes
        } catch {
            throw .unreadable(error)
        }
    }
}
