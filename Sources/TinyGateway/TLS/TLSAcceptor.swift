import CUV

/// Makes accepted sockets speak TLS, with certificate and key of two files that are read again when
/// they change or when the operator says so.
@safe
final class TLSAcceptor {
    private let certificatePath: String
    private let keyPath: String
    private let buffers: TLSBuffers
    private var context: TLSContext
    private var stamps: [UInt64] = []

    init(
        certificatePath: String, keyPath: String, buffers: TLSBuffers
    ) throws(TLSSetupError) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.buffers = buffers
        // Taken before the files are read: one that changes meanwhile is read again.
        stamps = Self.stamps(certificatePath, keyPath)
        context = try Self.load(certificatePath, keyPath, buffers)
    }

    func accept(_ socket: SocketStream) -> TLSStream {
        TLSStream(accepting: socket, context: context)
    }

    /// Reads both files again. What cannot be used changes nothing: connections go on with the old
    /// pair, and the operator is told.
    func reload() throws(TLSSetupError) {
        stamps = Self.stamps(certificatePath, keyPath)
        context = try Self.load(certificatePath, keyPath, buffers)
    }

    /// Whether a file was written since it was read. Certificate and key are two files, so a
    /// renewal may be seen half done: the second write is a change again.
    var hasChanged: Bool {
        stamps != Self.stamps(certificatePath, keyPath)
    }

    private static func load(
        _ certificatePath: String, _ keyPath: String, _ buffers: TLSBuffers
    ) throws(TLSSetupError) -> TLSContext {
        let identity = try TLSIdentity(certificatePath: certificatePath, keyPath: keyPath)
        let faults = identity.dateFaults
        if !faults.isEmpty {
            Log.line("server.tls.certificate: the certificate in \(certificatePath) \(faults.text)")
        }
        return try TLSContext(identity: identity, buffers: buffers)
    }

    private static func stamps(_ paths: String...) -> [UInt64] {
        paths.map { unsafe cuv_file_stamp($0) }
    }
}
