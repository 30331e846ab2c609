import CUV

/// One thread beside the loop. What its body touches is guarded by a `Lock` or belongs to it alone.
@safe
final class Thread: @unchecked Sendable {
    private var handle = uv_thread_t()
    private let body: () -> Void
    private var isJoined = false

    /// Starts at once. The thread keeps this object alive until `body` has returned.
    init(_ body: @escaping () -> Void) {
        self.body = body
        // One retain for the thread; `run` releases it.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let status = unsafe uv_thread_create(&handle, Thread.run, context)
        precondition(status == 0, "uv_thread_create failed")
    }

    deinit {
        precondition(isJoined, "a thread is joined before it is forgotten")
    }

    /// Waits until `body` has returned. Once.
    func join() {
        precondition(!isJoined, "a thread is joined once")
        unsafe uv_thread_join(&handle)
        isJoined = true
    }

    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Thread>.fromOpaque(context).takeRetainedValue().body()
    }
}
