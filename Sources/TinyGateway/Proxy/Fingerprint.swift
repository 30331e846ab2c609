/// The fingerprint of several texts, one after another. Begun with a secret seed where somebody
/// could gain by forging one.
struct Fingerprint {
    private(set) var value: UInt64

    init(seed: String) {
        value = Self.ended(seed.utf8.span.fingerprint())
    }

    mutating func add(_ text: String) {
        value = Self.ended(text.utf8.span.fingerprint(after: value))
    }

    /// What follows is another text: 0xFF is in none.
    private static func ended(_ value: UInt64) -> UInt64 {
        [0xFF].span.fingerprint(after: value)
    }
}
