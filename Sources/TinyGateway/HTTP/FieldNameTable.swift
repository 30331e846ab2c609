/// Finds the known name of a field by its bytes, ignoring case: one hash, one comparison.
struct FieldNameTable: Sendable {
    static let shared = FieldNameTable()

    /// The position of a name's ordinal is its hash, or the next free place behind it; 0 is free.
    private var slots = [UInt8](repeating: 0, count: slotsCount)
    /// All names in one piece; `ends[n]` is where the name with ordinal n stops.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// A power of two, at least three times the number of names, so that probes are short.
    private static let slotsCount = 256
    /// No known name is longer; longer ones are not hashed at all.
    private static let nameBytesMax = 32

    init() {
        for name in FieldName.allCases {
            let text = [UInt8](name.text.utf8)
            precondition(text.count <= Self.nameBytesMax, "a known field name is too long")
            bytes += text
            ends.append(bytes.count)
            guard name != .other else { continue }
            var slot = Self.slot(of: text.span)
            while slots[slot] != 0 { slot = (slot + 1) % Self.slotsCount }
            slots[slot] = name.rawValue
        }
    }

    /// `other` when the name is not a known one.
    func find(_ name: Span<UInt8>) -> FieldName {
        guard name.count <= Self.nameBytesMax else { return .other }
        var slot = Self.slot(of: name)
        while slots[slot] != 0 {
            let ordinal = Int(slots[slot])
            let range = ends[ordinal - 1]..<ends[ordinal]
            if Syntax.equalsIgnoringCase(name, bytes.span.extracting(range)) {
                return FieldName(rawValue: slots[slot]) ?? .other
            }
            slot = (slot + 1) % Self.slotsCount
        }
        return .other
    }

    /// FNV-1a over the lower-cased bytes, folded to the size of the table.
    private static func slot(of name: Span<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in name.indices {
            hash = (hash ^ UInt32(Syntax.lowercased(name[index]))) &* 16_777_619
        }
        return Int((hash ^ hash >> 16) % UInt32(slotsCount))
    }
}
