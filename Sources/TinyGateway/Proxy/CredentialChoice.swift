import Billing

/// Which of several credentials a thread uses (rendezvous hashing, Thaler and Ravishankar 1998):
/// each gets a number that follows from the thread and from its name, and the highest one wins. So
/// a thread stays where the upstream's prompt cache knows it, and a new credential takes its share
/// of the threads without moving any other.
struct CredentialChoice {
    /// Where in the list; nil while nothing was offered.
    private(set) var place: Int?
    private var weight: UInt64 = 0
    private var restEnd: Timestamp?
    private let thread: UInt64

    init(thread: String) {
        self.thread = Self.hash(thread)
    }

    /// - Parameter restEnd: nil for a credential that does not rest. One that rests is chosen only
    ///   when all do, and then the one whose rest ends first.
    mutating func offer(_ place: Int, name hash: UInt64, restEnd end: Timestamp?) {
        let weight = Self.mix(thread ^ hash)
        guard self.place == nil || isBetter(weight, end) else { return }
        self.place = place
        self.weight = weight
        restEnd = end
    }

    private func isBetter(_ weight: UInt64, _ end: Timestamp?) -> Bool {
        guard let restEnd else { return end == nil && weight > self.weight }
        guard let end else { return true }
        return end == restEnd ? weight > self.weight : end < restEnd
    }

    /// Mixed, so that names which differ in their last letter are as far apart as others.
    static func hash(_ text: String) -> UInt64 {
        mix(text.utf8.span.fingerprint())
    }

    /// The finalizer of SplitMix64: every bit of the result depends on every bit of the number.
    private static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
