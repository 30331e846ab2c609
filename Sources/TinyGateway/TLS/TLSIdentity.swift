import CMbedTLS

/// Who we are to clients: a certificate with its chain, and its private key.
@safe
final class TLSIdentity {
    let chain: OpaquePointer
    let key: OpaquePointer

    /// Reads both files, and checks that they belong together.
    init(certificatePath: String, keyPath: String) throws(TLSSetupError) {
        let text = try PEMFile.read(certificatePath)
        var secret = try PEMFile.read(keyPath)
        defer { SecretBytes.wipe(&secret) }
        guard let chain = unsafe cm_certificates_new(), let key = unsafe cm_key_new() else {
            throw .refused
        }
        unsafe self.chain = chain
        unsafe self.key = key
        // From here on `deinit` frees both.
        let read = unsafe text.withUnsafeBytes {
            unsafe cm_certificates_add(chain, $0.baseAddress, $0.count)
        }
        // A chain of which a part cannot be read would be served without it.
        guard read == 0 else { throw .noCertificate(path: certificatePath) }
        let parsed = unsafe secret.withUnsafeBytes {
            unsafe cm_key_parse(key, $0.baseAddress, $0.count)
        }
        guard parsed == 0 else { throw .noKey(path: keyPath) }
        guard unsafe cm_key_matches(key, chain) == 0 else {
            throw .mismatch(certificate: certificatePath, key: keyPath)
        }
    }

    deinit {
        unsafe cm_certificates_free(chain)
        unsafe cm_key_free(key)
    }

    /// What is wrong with the certificate's dates now: it is served all the same, because a browser
    /// says more about an expired certificate than about a closed port.
    var dateFaults: CertificateFaults {
        CertificateFaults(rawValue: unsafe cm_certificates_date_faults(chain))
    }
}
