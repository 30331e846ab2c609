import CMbedTLS

/// The memory that all TLS connections of a loop work in: what is read, decrypted, gathered and
/// encrypted within one callback needs a place only for as long. What a connection keeps beside it
/// is mbedTLS's own (with 2.28 as Debian builds it 33.8 KiB).
@safe
final class TLSBuffers {
    let loop: EventLoop
    /// Decrypted bytes, as many as one read may bring.
    let plain = UnsafeMutablePointer<UInt8>.allocate(capacity: Limits.readBufferBytes)
    /// Short slices gathered into one record.
    let gathered = UnsafeMutablePointer<UInt8>.allocate(capacity: Limits.tlsRecordBytes)
    /// Encrypted bytes on their way to the socket.
    let output = UnsafeMutablePointer<UInt8>.allocate(capacity: Limits.readBufferBytes)
    /// The loop's own batch is in use while a connection encrypts it.
    let batch = WriteBatch()
    private var resumed: [TLSStream] = []
    private let timer: Timer

    init(loop: EventLoop) {
        self.loop = loop
        timer = Timer(loop: loop)
    }

    deinit {
        timer.close()
        unsafe plain.deallocate()
        unsafe gathered.deallocate()
        unsafe output.deallocate()
    }

    /// Calls `stream.resumed()` from the loop's next turn: who calls `startReading` is not told of
    /// bytes from within that call.
    func resumeSoon(_ stream: TLSStream) {
        if resumed.isEmpty {
            timer.start(after: Milliseconds(0)) { self.resumeAll() }
        }
        resumed.append(stream)
    }

    private func resumeAll() {
        let streams = resumed
        resumed = []
        for stream in streams { stream.resumed() }
    }
}
