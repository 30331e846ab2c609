import CMbedTLS

/// The authorities whose certificates are believed: the system's, or those of one file.
@safe
final class TrustStore {
    let certificates: OpaquePointer
    /// Where they came from.
    let path: String
    /// Certificates of the file that mbedTLS cannot read (other algorithms); they are left out.
    let unreadable: Int

    /// Where systems keep their bundle: Debian and Alpine, Fedora, BSD and macOS, SUSE.
    static let systemPaths = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
        "/var/lib/ca-certificates/ca-bundle.pem",
    ]

    /// - Parameter path: a PEM bundle; empty for the system's.
    init(path: String, searching: [String] = TrustStore.systemPaths) throws(TLSSetupError) {
        var path = path
        if path.isEmpty {
            guard let found = searching.first(where: { Files.exists($0) }) else {
                throw .noBundle(searched: searching)
            }
            path = found
        }
        let text = try PEMFile.read(path)
        guard let certificates = unsafe cm_certificates_new() else { throw .refused }
        let status = unsafe text.withUnsafeBytes {
            unsafe cm_certificates_add(certificates, $0.baseAddress, $0.count)
        }
        guard status >= 0 else {
            unsafe cm_certificates_free(certificates)
            throw .noCertificate(path: path)
        }
        unsafe self.certificates = certificates
        self.path = path
        unreadable = Int(status)
    }

    deinit {
        unsafe cm_certificates_free(certificates)
    }
}
