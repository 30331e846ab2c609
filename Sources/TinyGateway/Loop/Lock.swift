import CUV

/// Mutual exclusion between the loop and the writer's thread. Held for a few instructions, never
/// over a system call.
@safe
final class Lock: @unchecked Sendable {
    fileprivate let handle: UnsafeMutablePointer<uv_mutex_t>

    init() {
        unsafe handle = .allocate(capacity: 1)
        let status = unsafe uv_mutex_init(handle)
        precondition(status == 0, "uv_mutex_init failed")
    }

    deinit {
        unsafe uv_mutex_destroy(handle)
        unsafe handle.deallocate()
    }

    func withLock<Value, Failure>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        unsafe uv_mutex_lock(handle)
        defer { unsafe uv_mutex_unlock(handle) }
        return try body()
    }
}

extension Condition {
    /// Gives the lock up, sleeps until signalled, and takes it again. To be called with the lock
    /// held, in a loop that asks again for what it waits for: it may return without a signal.
    func wait(_ lock: Lock) {
        unsafe uv_cond_wait(handle, lock.handle)
    }

    /// The same for at most `span`.
    func wait(_ lock: Lock, atMost span: Milliseconds) {
        let nanoseconds = UInt64(max(0, span.count)) * 1_000_000
        _ = unsafe uv_cond_timedwait(handle, lock.handle, nanoseconds)
    }
}
