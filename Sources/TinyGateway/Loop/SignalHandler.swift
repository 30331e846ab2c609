import CUV

/// Calls back on the loop when the process receives a signal.
@safe
final class SignalHandler {
    private let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
    private let action: () -> Void

    init(loop: EventLoop, signal: Int32, action: @escaping () -> Void) {
        self.action = action
        unsafe uv_signal_init(loop.handle, handle)
        // Lives as long as the process: signals are not given back.
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        unsafe uv_signal_start(
            handle,
            { handle, _ in
                let handler = unsafe Unmanaged<SignalHandler>
                    .fromOpaque(handle.unsafelyUnwrapped.pointee.data).takeUnretainedValue()
                handler.action()
            }, signal)
        unsafe uv_unref(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self))
    }
}
