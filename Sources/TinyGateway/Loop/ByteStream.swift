import CUV

/// A connected stream of bytes: TCP, a Unix socket, TLS over either.
///
/// A class to be overridden, because a class-bound existential costs twice a method call for each
/// event.
class ByteStream {
    /// Who is told. Unowned by design: the receiver owns the stream and closes it before it goes.
    unowned(unsafe) final var receiver: (any StreamReceiver)?

    /// Names who is told from now on.
    final func attach(_ receiver: any StreamReceiver) {
        unsafe self.receiver = receiver
    }

    /// Bytes that were sent but not yet taken by the kernel.
    var unsentBytes: Int { abstractMethod() }

    func startReading() { abstractMethod() }

    /// Back-pressure: what arrives waits in the kernel.
    func stopReading() { abstractMethod() }

    /// Sends the loop's batch. What the kernel does not take at once is copied and sent later.
    /// - Returns: whether everything was taken. After `false`, `streamDrained` follows.
    @discardableResult
    func send(_ batch: WriteBatch) -> Bool { abstractMethod() }

    /// Sends the end of this direction (FIN, close_notify) after everything that still waits.
    func finish() { abstractMethod() }

    /// The same without a mark that the message is whole: where the transport has one
    /// (close_notify), it is left out, so that a close-delimited message cannot be taken for
    /// complete.
    func finishBroken() { finish() }

    /// Closes at once; what waits unsent is dropped. The receiver hears nothing more.
    func close() { abstractMethod() }

    private func abstractMethod() -> Never {
        check(false, "ByteStream is abstract")
        preconditionFailure()
    }
}

/// Who owns a stream hears of it here. Calls come on the loop, never from within a call to the
/// stream.
protocol StreamReceiver: AnyObject {
    /// Bytes arrived. They are lent for the length of the call.
    func streamReceived(_ bytes: Span<UInt8>)
    /// The peer will send no more (FIN).
    func streamEnded()
    /// The stream is broken; nothing more comes or goes. It still has to be closed.
    func streamFailed(_ error: StreamError)
    /// All that waited has been taken by the kernel.
    func streamDrained()
}

/// Why a stream, a connection attempt or a listener failed: the system's error.
struct StreamError: Error, Equatable {
    /// A libuv error number, negative.
    let code: Int32
    /// Sending failed; what the peer had sent before may still be read.
    var isOfWriting = false

    /// What the number means, in libuv's words.
    var text: String {
        guard let text = unsafe uv_strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
