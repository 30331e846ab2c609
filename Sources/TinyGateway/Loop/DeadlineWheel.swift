/// Many deadlines behind one timer, a tick exact.
///
/// A connection moves its deadline with every event, so moving one later writes a number and
/// nothing else: the wheel looks again when the old tick comes round. Ten thousand libuv timers
/// would cost 152 bytes each and a heap operation for each event.
final class DeadlineWheel {
    private static let slotCount: UInt32 = 256
    fileprivate static let tickMilliseconds: Int64 = 250
    private var slots: [[DeadlineHolder]]
    private var current: UInt32
    private var count = 0
    private let timer: Timer
    private let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
        slots = Array(repeating: [], count: Int(DeadlineWheel.slotCount))
        current = DeadlineWheel.ticks(until: loop.now)
        timer = Timer(loop: loop)
    }

    fileprivate var now: Milliseconds { loop.now }

    /// Whole ticks until `moment`. 32 bits of them are 34 years.
    private static func ticks(until moment: Milliseconds) -> UInt32 {
        UInt32(clamping: moment.count / tickMilliseconds)
    }

    /// The first tick that is not before `moment`.
    fileprivate static func tick(at moment: Milliseconds) -> UInt32 {
        UInt32(clamping: (moment.count + tickMilliseconds - 1) / tickMilliseconds)
    }

    fileprivate func insert(_ holder: DeadlineHolder) {
        if count == 0 { startTicking() }
        count += 1
        holder.tick = max(current + 1, DeadlineWheel.tick(at: holder.due))
        let slot = Int(holder.tick % DeadlineWheel.slotCount)
        holder.place = UInt32(slots[slot].count)
        slots[slot].append(holder)
    }

    /// Takes a deadline out; the last one of its slot moves into its place.
    fileprivate func remove(_ holder: DeadlineHolder) {
        let slot = Int(holder.tick % DeadlineWheel.slotCount)
        let last = slots[slot].removeLast()
        if last !== holder {
            slots[slot][Int(holder.place)] = last
            last.place = holder.place
        }
        holder.tick = 0
        count -= 1
        if count == 0 { timer.stop() }
    }

    private func startTicking() {
        current = DeadlineWheel.ticks(until: loop.now)
        let interval = Milliseconds(DeadlineWheel.tickMilliseconds)
        timer.start(after: interval, every: interval) { self.advance() }
        timer.letLoopEnd()
    }

    private func advance() {
        let now = DeadlineWheel.ticks(until: loop.now)
        // After a long stall each slot is looked at once, not once for every missed second.
        var next = max(current + 1, now > Self.slotCount ? now - Self.slotCount + 1 : 0)
        while next <= now {
            current = next
            visit(Int(next % DeadlineWheel.slotCount), now: now)
            next += 1
        }
    }

    private func visit(_ slot: Int, now: UInt32) {
        // A copy, because what fires may set and clear other deadlines of this slot.
        for holder in slots[slot] where holder.tick != 0 && holder.tick <= now {
            remove(holder)
            if DeadlineWheel.tick(at: holder.due) <= now {
                holder.deadlinePassed()
            } else {
                insert(holder)
            }
        }
    }
}

/// Whoever has to hear of something by a certain moment, which moves with every sign of life.
///
/// A class to be inherited from: each connection and each exchange has one deadline, and as an
/// object of its own it would be larger than what it says, and one more place in memory for each
/// event.
class DeadlineHolder {
    fileprivate final var due = Milliseconds(0)
    private final var delay = Milliseconds(0)
    private final let wheel: DeadlineWheel
    /// The tick whose slot holds this deadline; 0 when none does.
    fileprivate final var tick: UInt32 = 0
    fileprivate final var place: UInt32 = 0

    init(_ wheel: DeadlineWheel) {
        self.wheel = wheel
    }

    /// The moment has passed. Until then the wheel keeps a holder that does not take it back.
    func deadlinePassed() {
        check(false, "DeadlineHolder is abstract")
    }

    /// Sets or moves the deadline to `delay` from now.
    final func setDeadline(after delay: Milliseconds) {
        self.delay = delay
        due = wheel.now + delay
        if tick != 0 && DeadlineWheel.tick(at: due) >= tick { return }
        if tick != 0 { wheel.remove(self) }
        wheel.insert(self)
    }

    /// Brings a deadline that is set forward to `moment`, if it is later.
    final func setDeadline(notAfter moment: Milliseconds) {
        if tick != 0, moment < due { setDeadline(after: moment - wheel.now) }
    }

    /// Moves a deadline that is set to as far from now as it was set before. For every sign of
    /// life.
    @inline(__always)
    final func touchDeadline() {
        due = wheel.now + delay
    }

    /// Takes the deadline back. A holder that is done calls this.
    final func clearDeadline() {
        if tick != 0 { wheel.remove(self) }
    }
}
