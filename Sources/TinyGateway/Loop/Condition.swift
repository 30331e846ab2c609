import CUV

/// Lets a thread sleep until another has changed what a `Lock` guards.
@safe
final class Condition: @unchecked Sendable {
    let handle: UnsafeMutablePointer<uv_cond_t>

    init() {
        unsafe handle = .allocate(capacity: 1)
        let status = unsafe uv_cond_init(handle)
        precondition(status == 0, "uv_cond_init failed")
    }

    deinit {
        unsafe uv_cond_destroy(handle)
        unsafe handle.deallocate()
    }

    func signal() {
        unsafe uv_cond_signal(handle)
    }
}
