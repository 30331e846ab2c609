import CUV

/// The libuv loop: one thread on which every connection, timer and decision of the gateway lives.
@safe
final class EventLoop {
    let handle: UnsafeMutablePointer<uv_loop_t>

    init() {
        unsafe handle = .allocate(capacity: 1)
        let status = unsafe uv_loop_init(handle)
        precondition(status == 0, "uv_loop_init failed")
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
}
