/// What Boost remembers from one request to the next (`DESIGN` section 5): whose own quota is used
/// up, and which turns have moved to the operator's account.
///
/// Pure; moments are milliseconds of any clock that does not go back. Facts are known by
/// fingerprints: a collision of 64 bits would only choose the other upstream first.
struct BoostMemory {
    private struct Note {
        let fact: UInt64
        var until: Int64
    }

    /// Facts of each kind; the oldest gives way.
    private static let notesMax = 4_096
    /// An own quota that is used up is asked again after so long: `resets_at` is a hint, and a
    /// reset may come early.
    private static let usedUpMax: Int64 = 300_000
    /// How long a turn is known that has an id of its own, and how long one that has none.
    private static let turnTime: Int64 = 86_400_000
    private static let namelessTurnTime: Int64 = 600_000

    private var usedUp: [Note] = []
    private var moved: [Note] = []

    // MARK: The own quota

    /// - Parameter seconds: until the quota is back, as the upstream says.
    mutating func ranOut(_ login: UInt64, seconds: Int64?, now: Int64) {
        let wait = seconds.map { min(max($0, 0), Self.usedUpMax / 1000) * 1000 } ?? Self.usedUpMax
        Self.remember(login, until: now + wait, in: &usedUp, now: now)
    }

    mutating func succeeded(_ login: UInt64) {
        usedUp.removeAll { $0.fact == login }
    }

    func isUsedUp(_ login: UInt64, now: Int64) -> Bool {
        Self.knows(login, in: usedUp, now: now)
    }

    // MARK: Turns

    mutating func move(_ turn: UInt64, isNamed: Bool, now: Int64) {
        let time = isNamed ? Self.turnTime : Self.namelessTurnTime
        Self.remember(turn, until: now + time, in: &moved, now: now)
    }

    func hasMoved(_ turn: UInt64, now: Int64) -> Bool {
        Self.knows(turn, in: moved, now: now)
    }

    // MARK: Notes

    private static func knows(_ fact: UInt64, in notes: [Note], now: Int64) -> Bool {
        for note in notes where note.fact == fact { return note.until > now }
        return false
    }

    private static func remember(
        _ fact: UInt64, until: Int64, in notes: inout [Note], now: Int64
    ) {
        notes.removeAll { $0.fact == fact || $0.until <= now }
        if notes.count >= notesMax { notes.removeFirst() }
        notes.append(Note(fact: fact, until: until))
    }
}
