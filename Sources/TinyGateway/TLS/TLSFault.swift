import CMbedTLS

/// Why a handshake came to nothing.
enum TLSFault: Error, Equatable {
    case untrusted(CertificateFaults)
    /// The peer sent an alert.
    case refused
    /// No version, cipher suite, curve or protocol in common.
    case nothingShared
    /// The connection ended, or failed, before the handshake did.
    case closed
    /// What came is not TLS, or breaks its rules.
    case broken

    /// - Parameters:
    ///   - status: what a call reported.
    ///   - faults: of the peer's certificate, as bits.
    init(status: Int32, faults: Int32) {
        switch Int(status) {
        case CM_TLS_UNTRUSTED: self = .untrusted(CertificateFaults(rawValue: faults))
        case CM_TLS_REFUSED: self = .refused
        case CM_TLS_NOTHING_SHARED: self = .nothingShared
        case CM_TLS_CLOSED, CM_TLS_TRUNCATED: self = .closed
        default: self = .broken
        }
    }

    /// A sentence for the operator that says what to do, without its full stop.
    func text(host: String) -> String {
        switch self {
        case .untrusted(let faults):
            "the certificate of \(host) \(faults.text)"
        case .refused:
            "\(host) has refused the TLS handshake; check that the URL names the right port, and "
                + "that the server speaks TLS 1.2 with ECDHE and AES-GCM or ChaCha20"
        case .nothingShared:
            "\(host) offers no TLS version or cipher that is safe; it has to speak TLS 1.2 with "
                + "ECDHE and AES-GCM or ChaCha20"
        case .closed:
            "\(host) has closed the connection during the TLS handshake"
        case .broken:
            "\(host) does not speak TLS on this port; check scheme and port of the URL"
        }
    }
}

/// What is wrong with a certificate: several things may be.
struct CertificateFaults: OptionSet {
    let rawValue: Int32

    static let expired = CertificateFaults(rawValue: Int32(CM_FAULT_EXPIRED))
    static let notYetValid = CertificateFaults(rawValue: Int32(CM_FAULT_NOT_YET_VALID))
    static let otherHost = CertificateFaults(rawValue: Int32(CM_FAULT_OTHER_HOST))
    static let unknownIssuer = CertificateFaults(rawValue: Int32(CM_FAULT_UNKNOWN_ISSUER))
    static let selfSigned = CertificateFaults(rawValue: Int32(CM_FAULT_SELF_SIGNED))
    static let revoked = CertificateFaults(rawValue: Int32(CM_FAULT_REVOKED))
    static let weak = CertificateFaults(rawValue: Int32(CM_FAULT_WEAK))

    /// What follows "the certificate of HOST": the fault to mend first, with its remedy.
    var text: String {
        if contains(.selfSigned) {
            return "is self-signed; if it is yours, name it in upstream.ca_file"
        }
        if contains(.unknownIssuer) {
            return "was issued by an unknown authority, or its chain is incomplete; if the "
                + "authority is yours, name its certificate in upstream.ca_file"
        }
        if contains(.expired) {
            return "has expired; have it renewed, or set this machine's clock"
        }
        if contains(.notYetValid) {
            return "is not valid yet; set this machine's clock"
        }
        if contains(.otherHost) {
            return "is for another host; correct the host in the URL, or the certificate"
        }
        if contains(.revoked) {
            return "has been revoked; have it replaced"
        }
        if contains(.weak) {
            return "uses a key, digest or purpose that is not acceptable; have it replaced"
        }
        return "cannot be verified"
    }
}
