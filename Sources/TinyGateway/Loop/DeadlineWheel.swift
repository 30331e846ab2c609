/// Many deadlines behind one timer, a second exact.
///
/// A connection moves its deadline with every event, so moving one later writes a number and nothing else:
/// the wheel looks again when the old second comes round. Ten thousand libuv timers would cost 152 bytes
/// each and a heap operation for each event.
final class DeadlineWheel {
    private static let slotCount: Int64 = 64
    private var slots: [[Deadline]]
    private var second: Int64
    private var count = 0
    private let timer: Timer
    private let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
        slots = Array(repeating: [], count: Int(DeadlineWheel.slotCount))
        second = loop.now.count / 1000
        timer = Timer(loop: loop)
    }

    fileprivate var now: Milliseconds { loop.now }

    fileprivate func insert(_ deadline: Deadline) {
        if count == 0 { startTicking() }
        count += 1
        deadline.second = max(second + 1, (deadline.due.count + 999) / 1000)
        let slot = Int(deadline.second % DeadlineWheel.slotCount)
        deadline.place = slots[slot].count
        slots[slot].append(deadline)
    }

    /// Takes a deadline out; the last one of its slot moves into its place.
    fileprivate func remove(_ deadline: Deadline) {
        let slot = Int(deadline.second % DeadlineWheel.slotCount)
        let last = slots[slot].removeLast()
        if last !== deadline {
            slots[slot][deadline.place] = last
            last.place = deadline.place
        }
        deadline.second = 0
        count -= 1
        if count == 0 { timer.stop() }
    }

    private func startTicking() {
        second = loop.now.count / 1000
        timer.start(after: .seconds(1), every: .seconds(1)) { self.tick() }
        timer.letLoopEnd()
    }

    private func tick() {
        let now = loop.now.count / 1000
        // After a long stall each slot is looked at once, not once for every missed second.
        var next = max(second + 1, now - DeadlineWheel.slotCount + 1)
        while next <= now {
            second = next
            visit(Int(next % DeadlineWheel.slotCount), now: now)
            next += 1
        }
    }

    private func visit(_ slot: Int, now: Int64) {
        // A copy, because what fires may set and clear other deadlines of this slot.
        for deadline in slots[slot] where deadline.second != 0 && deadline.second <= now {
            remove(deadline)
            if deadline.due.count <= now * 1000 + 999 {
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
    /// The second whose slot holds this deadline; 0 when none does.
    fileprivate var second: Int64 = 0
    fileprivate var place = 0
    private let wheel: DeadlineWheel
    /// Who is told. It calls `clear` before it goes: a weak reference would make every use of it slower.
    var holder: (any DeadlineHolder)? {
        get { unsafe told }
        set { unsafe told = newValue }
    }
    private unowned(unsafe) var told: (any DeadlineHolder)?

    init(_ wheel: DeadlineWheel) {
        self.wheel = wheel
    }

    /// Sets or moves the deadline to `delay` from now.
    func set(after delay: Milliseconds) {
        self.delay = delay
        due = wheel.now + delay
        if second != 0 && (due.count + 999) / 1000 >= second { return }
        if second != 0 { wheel.remove(self) }
        wheel.insert(self)
    }

    /// Moves a deadline that is set to as far from now as it was set before. For every sign of life.
    @inline(__always)
    func touch() {
        due = wheel.now + delay
    }

    /// Takes the deadline back. The holder calls this before it goes.
    func clear() {
        if second != 0 { wheel.remove(self) }
    }

    fileprivate func fire() {
        holder?.deadlinePassed(self)
    }
}

protocol DeadlineHolder: AnyObject {
    func deadlinePassed(_ deadline: Deadline)
}
