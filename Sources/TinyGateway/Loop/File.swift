import CUV

/// One open file. Every call blocks; on the loop only for small files, at start or on command.
@safe
final class File: @unchecked Sendable {
    enum Access {
        /// Must exist.
        case read
        /// Must exist.
        case readWrite
        /// Created with the mode if it is missing.
        case create(mode: UInt32)
        /// The same, and emptied.
        case replace(mode: UInt32)
        /// Created with the mode; must not exist, not even as a link.
        case new(mode: UInt32)
    }

    let path: String
    let descriptor: Int32

    init(_ path: String, _ access: Access) throws(FileError) {
        let result =
            switch access {
            case .read: unsafe cuv_open(path, O_RDONLY, 0)
            case .readWrite: unsafe cuv_open(path, O_RDWR, 0)
            case .create(let mode): unsafe cuv_open(path, O_RDWR | O_CREAT, mode)
            case .replace(let mode): unsafe cuv_open(path, O_RDWR | O_CREAT | O_TRUNC, mode)
            case .new(let mode):
                unsafe cuv_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
            }
        guard result >= 0 else { throw FileError(call: "open", path: path, result: result) }
        self.path = path
        descriptor = Int32(result)
    }

    deinit {
        _ = cuv_close(descriptor)
    }

    func size() throws(FileError) -> Int64 {
        try checked("fstat", cuv_size(descriptor))
    }

    /// Fills `bytes` from `offset`.
    /// - Returns: how many bytes were read; fewer than asked for only at the end of the file.
    func read(into bytes: inout [UInt8], at start: Int, offset: Int64) throws(FileError) -> Int {
        precondition(start >= 0 && start <= bytes.count, "inside the buffer")
        var filled = start
        while filled < bytes.count {
            let room = bytes.count - filled
            let position = offset + Int64(filled - start)
            let result = unsafe bytes.withUnsafeMutableBytes {
                unsafe cuv_pread(
                    descriptor, $0.baseAddress.unsafelyUnwrapped + filled, room, position)
            }
            if result == -Int64(EINTR) { continue }
            let count = try checked("read", result)
            if count == 0 { break }
            filled += Int(count)
        }
        return filled - start
    }

    /// Writes all of `bytes` at `offset`, or throws after a part of it.
    func write(_ bytes: Span<UInt8>, offset: Int64) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe cuv_pwrite(
                    descriptor, $0.baseAddress.unsafelyUnwrapped + written, $0.count - written,
                    offset + Int64(written))
            }
            if result == -Int64(EINTR) { continue }
            written += Int(try checked("write", result))
        }
    }

    func sync() throws(FileError) {
        _ = try checked("fsync", cuv_sync(descriptor))
    }

    func truncate(to size: Int64) throws(FileError) {
        _ = try checked("ftruncate", cuv_truncate(descriptor, size))
    }

    /// Takes the exclusive lock, or says at once that another process has it.
    func lock() throws(FileError) {
        let result = cuv_lock_exclusive(descriptor)
        if result == -Int64(EWOULDBLOCK) { throw .locked(path: path) }
        _ = try checked("flock", result)
    }

    /// Gives the lock back before the file is closed.
    func unlock() {
        _ = cuv_unlock(descriptor)
    }

    private func checked(_ call: String, _ result: Int64) throws(FileError) -> Int64 {
        guard result >= 0 else { throw FileError(call: call, path: path, result: result) }
        return result
    }
}
