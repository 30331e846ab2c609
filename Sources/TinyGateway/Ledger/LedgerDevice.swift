import CUV

/// The four things the writer does to the ledger file. A class of its own so that a test can make
/// the disk fail.
@safe
class LedgerDevice: @unchecked Sendable {
    let file: File

    init(_ file: File) {
        self.file = file
    }

    /// One write call.
    /// - Returns: the bytes written, perhaps fewer than given, or the negated errno.
    func write(_ bytes: Span<UInt8>, offset: Int64) -> Int64 {
        check(!bytes.isEmpty && offset >= 0, "something to write, inside a file")
        return unsafe bytes.withUnsafeBytes {
            unsafe cuv_pwrite(file.descriptor, $0.baseAddress, $0.count, offset)
        }
    }

    /// - Returns: 0, or the negated errno.
    func sync() -> Int64 {
        cuv_datasync(file.descriptor)
    }

    /// - Returns: 0, or the negated errno.
    func truncate(to size: Int64) -> Int64 {
        cuv_truncate(file.descriptor, size)
    }

    /// How long a failed write waits for its next attempt.
    var retryPause: Milliseconds { .seconds(1) }
}
