import CUV

/// Wakes the loop from another thread (`uv_async_t`). Several sends before the loop turns may be
/// one call.
@safe
final class Signal: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<uv_async_t>
    private var receive: (() -> Void)?

    /// `receive` runs on the loop. The loop owns one retain of this object until `close`.
    init(_ loop: EventLoop, _ receive: @escaping () -> Void) {
        unsafe handle = .allocate(capacity: 1)
        self.receive = receive
        let status = unsafe uv_async_init(loop.handle, handle) { handle in
            guard let context = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<Signal>.fromOpaque(context).takeUnretainedValue().receive?()
        }
        precondition(status == 0, "uv_async_init failed")
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// From any thread, until `close`.
    func send() {
        unsafe uv_async_send(handle)
    }

    /// On the loop, once, when no other thread will send any more. The handle is freed when libuv
    /// lets go of it.
    func close() {
        precondition(receive != nil, "a signal is closed once")
        receive = nil
        unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) {
            guard let closed = unsafe $0, let context = unsafe closed.pointee.data else { return }
            unsafe UnsafeMutableRawPointer(closed).assumingMemoryBound(to: uv_async_t.self)
                .deallocate()
            unsafe Unmanaged<Signal>.fromOpaque(context).release()
        }
    }
}
