import CMbedTLS
import CUV

/// The way out: plain slices in, records to the socket. What the socket does not take it copies and
/// sends later, so mbedTLS never waits for it.
extension TLSStream {
    /// Encrypts a batch, short slices gathered into one record, and sends it.
    /// - Returns: whether the kernel took everything.
    func encryptAll(_ batch: WriteBatch) -> Bool {
        guard state == .open || state == .ended, !isFinishing, let stream = unsafe stream else {
            return true
        }
        var gathered = 0
        for index in 0..<batch.count {
            let slice = unsafe batch.slices[index]
            guard unsafe slice.len > 0 else { continue }
            var place = unsafe UnsafeRawPointer(slice.base.unsafelyUnwrapped)
            var left = unsafe slice.len
            while left > 0 {
                if gathered == 0, left >= Limits.tlsRecordBytes {
                    unsafe encrypt(stream, place, left)
                    break
                }
                let count = min(left, Limits.tlsRecordBytes - gathered)
                unsafe memcpy(buffers.gathered + gathered, place, count)
                unsafe place += count
                left -= count
                gathered += count
                if gathered == Limits.tlsRecordBytes {
                    unsafe encrypt(stream, buffers.gathered, gathered)
                    gathered = 0
                }
            }
        }
        if gathered > 0 { unsafe encrypt(stream, buffers.gathered, gathered) }
        unsafe cm_zeroize(buffers.gathered, min(batch.byteCount, Limits.tlsRecordBytes))
        return socket.unsentBytes == 0
    }

    /// Encrypts bytes and sends them. A failure is told later, as the contract wants it.
    private func encrypt(_ stream: OpaquePointer, _ bytes: UnsafeRawPointer, _ count: Int) {
        var done = 0
        while done < count {
            var taken = 0
            let status = encrypting {
                unsafe cm_stream_write(stream, bytes + done, count - done, &taken)
            }
            done += taken
            switch status {
            case TLSStatus.done, TLSStatus.needsRoom: break
            case TLSStatus.newSession:
                // TLS 1.3: a ticket that was read is told by whatever is called next.
                unsafe client?.remember(stream)
            default:
                guard state == .open else { return }
                state = .ended
                untold = .failed(.brokenTLS)
                return resumeSoon()
            }
        }
    }

    /// Runs a call that may put ciphertext into the output, and sends that.
    @discardableResult
    func encrypting(_ call: () -> Int32) -> Int32 {
        guard let stream = unsafe stream else { return TLSStatus.broken }
        unsafe cm_stream_set_output(stream, buffers.output, Limits.readBufferBytes)
        let status = call()
        let used = unsafe cm_stream_output_used(stream)
        if used > 0 {
            buffers.batch.reset()
            unsafe buffers.batch.append(
                Span(_unsafeStart: UnsafePointer(buffers.output), count: used))
            socket.send(buffers.batch)
        }
        return status
    }

    /// Says close_notify, unless there is nobody to say it to.
    func sayGoodbye() {
        guard state == .open || state == .ended, let stream = unsafe stream else { return }
        encrypting { unsafe cm_stream_close_notify(stream) }
    }
}
