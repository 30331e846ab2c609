import CUV

/// A timer that calls back once or at an interval until it is stopped.
@safe
final class Timer {
    private let handle = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    private var action: (() -> Void)?
    private var isClosed = false

    init(loop: EventLoop) {
        unsafe uv_timer_init(loop.handle, handle)
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Calls `action` after `delay`, and then every `interval` unless that is nil. Replaces what
    /// was set.
    func start(
        after delay: Milliseconds, every interval: Milliseconds? = nil,
        _ action: @escaping () -> Void
    ) {
        guard !isClosed else { return }
        self.action = action
        let callback: uv_timer_cb = { handle in
            let timer = unsafe Unmanaged<Timer>
                .fromOpaque(handle.unsafelyUnwrapped.pointee.data).takeUnretainedValue()
            timer.action?()
        }
        unsafe uv_timer_start(
            handle, callback, UInt64(max(0, delay.count)), UInt64(interval?.count ?? 0))
    }

    func stop() {
        guard !isClosed else { return }
        action = nil
        unsafe uv_timer_stop(handle)
    }

    /// Lets the loop end although this timer is running.
    func letLoopEnd() {
        unsafe uv_unref(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self))
    }

    /// Ends the timer for good. Without it the loop keeps it alive.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        action = nil
        let handle = unsafe UnsafeMutableRawPointer(self.handle)
            .assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(handle) { handle in
            let handle = unsafe handle.unsafelyUnwrapped
            unsafe Unmanaged<Timer>.fromOpaque(handle.pointee.data).release()
            unsafe UnsafeMutableRawPointer(handle).deallocate()
        }
    }
}
