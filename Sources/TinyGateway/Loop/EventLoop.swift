import CUV

/// The libuv loop: one thread on which every connection, timer and decision of the gateway lives.
///
/// It owns the one buffer that all reads go into (libuv calls the read callback right after it
/// asked for the buffer, so one serves every connection) and the one list of slices that all writes
/// go out of.
@safe
final class EventLoop {
    let handle: UnsafeMutablePointer<uv_loop_t>
    /// What the next write gathers. Filled and sent within one callback.
    let batch = WriteBatch()
    /// Bytes that wait in memory for somebody, in all.
    let budget = BufferBudget()
    /// The deadlines of all connections.
    private(set) lazy var deadlines = DeadlineWheel(loop: self)

    init() {
        // The only work libuv's pool gets here is getaddrinfo; it would start four threads.
        unsafe setenv("UV_THREADPOOL_SIZE", "1", 0)
        unsafe handle = .allocate(capacity: 1)
        let status = unsafe uv_loop_init(handle)
        precondition(status == 0, "uv_loop_init failed")
        unsafe handle.pointee.data = UnsafeMutableRawPointer.allocate(
            byteCount: Limits.readBufferBytes, alignment: 4096)
    }

    /// Runs until `stop` is called or nothing is left that could happen.
    func run() {
        unsafe uv_run(handle, UV_RUN_DEFAULT)
    }

    /// Makes `run` return after the current callback.
    func stop() {
        unsafe uv_stop(handle)
    }

    /// Milliseconds of a monotonic clock, read once for each turn of the loop.
    var now: Milliseconds {
        Milliseconds(Int64(bitPattern: unsafe uv_now(handle)))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z by the system's clock, which may step.
    var wallClock: Int64 {
        cuv_wall_milliseconds()
    }
}

/// Hands libuv the loop's read buffer.
@safe
func lendReadBuffer(
    handle: UnsafeMutablePointer<uv_handle_t>?, suggested: Int,
    buffer: UnsafeMutablePointer<uv_buf_t>?
) {
    let base = unsafe handle.unsafelyUnwrapped.pointee.loop.pointee.data.unsafelyUnwrapped
    unsafe buffer.unsafelyUnwrapped.pointee = uv_buf_t(
        base: base.assumingMemoryBound(to: CChar.self), len: Limits.readBufferBytes)
}
