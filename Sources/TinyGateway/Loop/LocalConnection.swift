import CUV

/// A blocking connection to a Unix socket, for the command line. Never used on the gateway's loop.
@safe
final class LocalConnection {
    private let descriptor: Int32

    /// - Parameter seconds: how long connecting, each write and each read may take.
    /// - Throws: the negated errno as `StreamError`.
    init(path: String, seconds: Int) throws(StreamError) {
        let result = unsafe cuv_connect_local(path, Int32(seconds))
        guard result >= 0 else { throw StreamError(code: Int32(result)) }
        descriptor = Int32(result)
    }

    deinit {
        _ = cuv_close(descriptor)
    }

    /// Sends all of `bytes`, or throws after a part of it.
    func send(_ bytes: [UInt8]) throws(StreamError) {
        var start = 0
        while start < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe cuv_send(
                    descriptor, $0.baseAddress.unsafelyUnwrapped + start, bytes.count - start)
            }
            if sent == -Int64(EINTR) { continue }
            guard sent > 0 else { throw StreamError(code: Int32(sent)) }
            start += Int(sent)
        }
    }

    /// What arrives next, at most 64 KiB; empty when the other side has closed.
    func receive() throws(StreamError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var got = -Int64(EINTR)
        while got == -Int64(EINTR) {
            got = unsafe bytes.withUnsafeMutableBytes {
                unsafe cuv_receive(descriptor, $0.baseAddress, $0.count)
            }
        }
        guard got >= 0 else { throw StreamError(code: Int32(got)) }
        bytes.removeLast(bytes.count - Int(got))
        return bytes
    }
}
