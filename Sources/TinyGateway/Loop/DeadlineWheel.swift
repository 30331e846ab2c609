/// Many deadlines behind one timer, a tick exact.
///
/// A connection moves its deadline with every event, so moving one later writes a number and
/// nothing else: the wheel looks again when the old tick comes round. Ten thousand libuv timers
/// would cost 152 bytes each and a heap operation for each event.
final class DeadlineWheel {
    private static let slotCount: Int64 = 256
    fileprivate static let tickMilliseconds: Int64 = 250
    private var slots: [[Deadline]]
    private var current: Int64
    private var count = 0
    private let timer: Timer
    private let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
        slots = Array(repeating: [], count: Int(DeadlineWheel.slotCount))
        current = loop.now.count / DeadlineWheel.tickMilliseconds
        timer = Timer(loop: loop)
    }

    fileprivate var now: Milliseconds { loop.now }

    /// The first tick that is not before `moment`.
    fileprivate static func tick(at moment: Milliseconds) -> Int64 {
        (moment.count + tickMilliseconds - 1) / tickMilliseconds
    }

    fileprivate func insert(_ deadline: Deadline) {
        if count == 0 { startTicking() }
        count += 1
        deadline.tick = max(current + 1, DeadlineWheel.tick(at: deadline.due))
        let slot = Int(deadline.tick % DeadlineWheel.slotCount)
        deadline.place = slots[slot].count
        slots[slot].append(deadline)
    }

    /// Takes a deadline out; the last one of its slot moves into its place.
    fileprivate func remove(_ deadline: Deadline) {
        let slot = Int(deadline.tick % DeadlineWheel.slotCount)
        let last = slots[slot].removeLast()
        if last !== deadline {
            slots[slot][deadline.place] = last
            last.place = deadline.place
        }
        deadline.tick = 0
        count -= 1
        if count == 0 { timer.stop() }
    }

    private func startTicking() {
        current = loop.now.count / DeadlineWheel.tickMilliseconds
        let interval = Milliseconds(DeadlineWheel.tickMilliseconds)
        timer.start(after: interval, every: interval) { self.advance() }
        timer.letLoopEnd()
    }

    private func advance() {
        let now = loop.now.count / DeadlineWheel.tickMilliseconds
        // After a long stall each slot is looked at once, not once for every missed second.
        var next = max(current + 1, now - DeadlineWheel.slotCount + 1)
        while next <= now {
            current = next
            visit(Int(next % DeadlineWheel.slotCount), now: now)
            next += 1
        }
    }

    private func visit(_ slot: Int, now: Int64) {
        // A copy, because what fires may set and clear other deadlines of this slot.
        for deadline in slots[slot] where deadline.tick != 0 && deadline.tick <= now {
            remove(deadline)
            if DeadlineWheel.tick(at: deadline.due) <= now {
                deadline.fire()
            } else {
                insert(deadline)
            }
        }
    }
}

/// One moment by which something must have happened. Moved with every sign of life.
final class Deadline {
    fileprivate var due = Milliseconds(0)
    private var delay = Milliseconds(0)
    /// The tick whose slot holds this deadline; 0 when none does.
    fileprivate var tick: Int64 = 0
    fileprivate var place = 0
    private let wheel: DeadlineWheel
    /// Who is told. It calls `clear` before it goes: a weak reference would make every use of it
    /// slower.
    var holder: (any DeadlineHolder)? {
        get { unsafe told }
        set { unsafe told = newValue }
    }
    private unowned(unsafe) var told: (any DeadlineHolder)?

    /// - Parameter holder: may be named later, by an object that has to be whole first.
    init(_ wheel: DeadlineWheel, holder: (any DeadlineHolder)? = nil) {
        self.wheel = wheel
        unsafe told = holder
    }

    /// Sets or moves the deadline to `delay` from now.
    func set(after delay: Milliseconds) {
        self.delay = delay
        due = wheel.now + delay
        if tick != 0 && DeadlineWheel.tick(at: due) >= tick { return }
        if tick != 0 { wheel.remove(self) }
        wheel.insert(self)
    }

    /// Brings a deadline that is set forward to `moment`, if it is later.
    func set(notAfter moment: Milliseconds) {
        if tick != 0, moment < due { set(after: moment - wheel.now) }
    }

    /// Moves a deadline that is set to as far from now as it was set before. For every sign of
    /// life.
    @inline(__always)
    func touch() {
        due = wheel.now + delay
    }

    /// Takes the deadline back. The holder calls this before it goes.
    func clear() {
        if tick != 0 { wheel.remove(self) }
    }

    fileprivate func fire() {
        holder?.deadlinePassed(self)
    }
}

protocol DeadlineHolder: AnyObject {
    func deadlinePassed(_ deadline: Deadline)
}
