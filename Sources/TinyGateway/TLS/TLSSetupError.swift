/// Why certificates, a key or the trusted roots cannot be used, for the operator.
enum TLSSetupError: Error, Equatable {
    case unreadable(FileError)
    case noCertificate(path: String)
    case noKey(path: String)
    /// The key belongs to another certificate.
    case mismatch(certificate: String, key: String)
    case noBundle(searched: [String])
    /// mbedTLS refused what was parsed, which only a lack of memory explains.
    case refused

    /// What is wrong and what to do.
    var text: String {
        switch self {
        case .unreadable(let error):
            "\(error.text); check the path and who may read it"
        case .noCertificate(let path):
            "\(path) holds no certificate that can be read; it has to be PEM, "
                + "\"-----BEGIN CERTIFICATE-----\", the server's own first"
        case .noKey(let path):
            "\(path) holds no private key that can be used; it has to be PEM, ECDSA (P-256, P-384) "
                + "or RSA, without a pass phrase"
        case .mismatch(let certificate, let key):
            "\(key) is not the key of the first certificate in \(certificate); "
                + "name the two files that were made together"
        case .noBundle(let searched):
            "no bundle of trusted certificates was found (\(searched.joined(separator: ", "))); "
                + "install the package ca-certificates, or name a bundle in upstream.ca_file"
        case .refused:
            "mbedTLS has refused to be set up; there may be too little memory"
        }
    }
}
