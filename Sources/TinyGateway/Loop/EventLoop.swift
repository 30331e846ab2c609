import CUV

/// The loop: one thread on which every connection, timer and decision of the gateway lives.
///
/// Sockets are waited for here, with epoll; timers, names, signals, listeners and other threads are
/// libuv's, whose own descriptor is one of those waited for. A live stream is two sockets, and as
/// handles of libuv's they would be the largest part of it, and a third of what an event costs.
///
/// The loop owns the one buffer that all reads go into (what was read is passed on before anything
/// else is read, so one serves every connection) and the one list of slices that all writes go out
/// of.
@safe
final class EventLoop {
    /// libuv's loop.
    let handle: UnsafeMutablePointer<uv_loop_t>
    let readBuffer = UnsafeMutableRawPointer.allocate(
        byteCount: Limits.readBufferBytes, alignment: 4096)
    /// What the next write gathers. Filled and sent within one callback.
    let batch = WriteBatch()
    /// Bytes that wait in memory for somebody, in all.
    let budget = BufferBudget()
    /// The deadlines of all connections.
    private(set) lazy var deadlines = DeadlineWheel(loop: self)

    private let epoll: Int32
    private static let eventsMax = 256
    private let events = UnsafeMutableRawPointer.allocate(
        byteCount: EventLoop.eventsMax * cuv_epoll_event_size(), alignment: 16)
    /// Sockets that are waited for. While there are some, `keeper` keeps libuv's loop going.
    private var watchedCount = 0
    private let keeper = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    /// Sockets that were closed: events of theirs may still be in the list.
    private var closed: [SocketStream] = []
    private var isStopped = false
    private var postponed: [() -> Void] = []
    private var postponedAt: UInt64 = 0
    /// When postponed actions ran last.
    private var quietAt: UInt64 = 0

    init() {
        // The only work libuv's pool gets here is getaddrinfo; it would start four threads.
        unsafe setenv("UV_THREADPOOL_SIZE", "1", 0)
        unsafe handle = .allocate(capacity: 1)
        epoll = cuv_epoll_make()
        var status = unsafe uv_loop_init(handle)
        precondition(status == 0 && epoll >= 0, "uv_loop_init failed")
        status = unsafe uv_async_init(handle, keeper, nil)
        precondition(status == 0, "uv_async_init failed")
        unsafe uv_unref(keeperHandle)
        unsafe status = cuv_epoll_change(
            epoll, EPOLL_CTL_ADD, uv_backend_fd(handle), cuv_epoll_in, nil)
        precondition(status == 0, "libuv's descriptor cannot be waited for")
    }

    /// Runs until `stop` is called or nothing is left that could happen.
    func run() {
        while !isStopped, unsafe uv_loop_alive(handle) != 0 { turn() }
        isStopped = false
    }

    /// Makes `run` return after the current callback.
    func stop() {
        isStopped = true
    }

    /// Runs `action` once: as soon as nothing else is to be done, but not twice within
    /// `Limits.postponedMost`, and so long from now at the latest. What many streams want at nearly
    /// the same time is so done once for all of them, and a lone one waits for nothing.
    func whenQuiet(_ action: @escaping () -> Void) {
        if postponed.isEmpty { postponedAt = uv_hrtime() }
        postponed.append(action)
    }

    private func wait() -> Int {
        if !postponed.isEmpty {
            let count = wait(atMost: 0)
            let now = uv_hrtime()
            let isQuiet = count == 0 && now - quietAt >= Limits.postponedMost
            if isQuiet || now - postponedAt >= Limits.postponedMost {
                let due = postponed
                postponed.removeAll(keepingCapacity: true)
                quietAt = now
                for action in due { action() }
            }
            if count != 0 { return count }
        }
        let most = unsafe uv_backend_timeout(handle)
        return wait(atMost: postponed.isEmpty || most == 0 ? most : 1)
    }

    private func wait(atMost milliseconds: Int32) -> Int {
        unsafe Int(cuv_epoll_wait(epoll, events, Int32(Self.eventsMax), milliseconds))
    }

    private func turn() {
        let count = wait()
        unsafe uv_update_time(handle)
        var isLibraryReady = false
        var index = 0
        while index < count, !isStopped {
            if let owner = unsafe cuv_epoll_owner(events, index) {
                let happened = unsafe cuv_epoll_events(events, index)
                // Its own retain is given back below: none is needed here.
                unsafe Unmanaged<SocketStream>.fromOpaque(owner)
                    ._withUnsafeGuaranteedRef { $0.ready(happened) }
            } else {
                isLibraryReady = true
            }
            index += 1
        }
        if !closed.isEmpty { closed.removeAll(keepingCapacity: true) }
        // A timer is due, or a handle waits for its end.
        if unsafe !isStopped && (isLibraryReady || uv_backend_timeout(handle) == 0) {
            unsafe uv_run(handle, UV_RUN_NOWAIT)
        }
    }

    // MARK: Sockets

    /// Waits for `wanted` on a socket instead of for `interest`; of 0 for nothing.
    func watch(_ socket: SocketStream, _ descriptor: Int32, _ interest: UInt32, _ wanted: UInt32) {
        let operation =
            interest == 0 ? EPOLL_CTL_ADD : wanted == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD
        let status = unsafe cuv_epoll_change(
            epoll, operation, descriptor, wanted, Unmanaged.passUnretained(socket).toOpaque())
        check(status == 0, "a socket cannot be waited for")
        if interest == 0 { countWatched(1) } else if wanted == 0 { countWatched(-1) }
    }

    /// A socket was closed. It lives on until no event of it can be in the list any more.
    func forget(_ socket: SocketStream, wasWatched: Bool) {
        closed.append(socket)
        if wasWatched { countWatched(-1) }
    }

    private func countWatched(_ change: Int) {
        if watchedCount == 0 { unsafe uv_ref(keeperHandle) }
        watchedCount += change
        if watchedCount == 0 { unsafe uv_unref(keeperHandle) }
    }

    private var keeperHandle: UnsafeMutablePointer<uv_handle_t> {
        unsafe UnsafeMutableRawPointer(keeper).assumingMemoryBound(to: uv_handle_t.self)
    }

    // MARK: Time

    /// Milliseconds of a monotonic clock, read once for each turn of the loop.
    var now: Milliseconds {
        Milliseconds(Int64(bitPattern: unsafe uv_now(handle)))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z by the system's clock, which may step.
    var wallClock: Int64 {
        cuv_wall_milliseconds()
    }
}
