/// Remembers the last values of one kind that were read, so that the names which stand in nearly
/// every line are made into text once and not once a line.
struct Interner<Value: Identifier>: Sendable {
    private var slots: [Value?]

    /// `slotCount` is a power of two, or zero for no memory at all.
    init(slotCount: Int) {
        precondition(slotCount & (slotCount - 1) == 0, "a power of two")
        self.slots = Array(repeating: nil, count: slotCount)
    }

    /// The value that is spelled by these bytes, which are UTF-8 without escapes; `nil` when they
    /// do not spell one.
    mutating func value(_ bytes: Span<UInt8>) -> Value? {
        if slots.isEmpty { return Interner.make(bytes) }
        let slot = Interner.hash(bytes) & (slots.count - 1)
        if let known = slots[slot], Interner.isEqual(known.text.utf8.span, bytes) { return known }
        guard let value = Interner.make(bytes) else { return nil }
        slots[slot] = value
        return value
    }

    private static func make(_ bytes: Span<UInt8>) -> Value? {
        guard let text = LineReader.text(bytes) else { return nil }
        return Value(text)
    }

    private static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        if left.count != right.count { return false }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }

    /// FNV-1a.
    private static func hash(_ bytes: Span<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in 0..<bytes.count { hash = (hash ^ UInt32(bytes[index])) &* 16_777_619 }
        return Int(hash ^ hash >> 15)
    }
}
