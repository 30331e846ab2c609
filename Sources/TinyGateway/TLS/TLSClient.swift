import CMbedTLS

/// Calls one upstream by TLS, and remembers its last session, so that a second connection costs no
/// full handshake.
@safe
final class TLSClient {
    let context: TLSContext
    let host: String
    private var session: OpaquePointer?

    init(context: TLSContext, host: String) {
        self.context = context
        self.host = host
    }

    deinit {
        unsafe cm_session_free(session)
    }

    /// Makes a connected socket speak TLS. `completion` comes once, on the loop and never from
    /// within this call, unless the stream is closed first.
    func connect(
        _ socket: SocketStream, completion: @escaping (Result<TLSStream, TLSFault>) -> Void
    ) -> TLSStream {
        let stream = TLSStream(socket: socket, client: self)
        stream.shakeHands(completion)
        return stream
    }

    /// Offers what is remembered to a connection that begins.
    func resume(_ stream: OpaquePointer) {
        if let session = unsafe session { unsafe cm_stream_resume(stream, session) }
    }

    /// Keeps the session of a connection whose server has been verified.
    func remember(_ stream: OpaquePointer) {
        guard let fresh = unsafe cm_stream_session(stream) else { return }
        unsafe cm_session_free(session)
        unsafe session = fresh
    }

    /// After a failure nothing of the old server is assumed of the new one.
    func forget() {
        unsafe cm_session_free(session)
        unsafe session = nil
    }
}
