/// SplitMix64: the same numbers for the same seed on every machine.
struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return Int((value ^ value >> 31) % UInt64(limit))
    }

    /// True once in `count`.
    mutating func isOne(in count: Int) -> Bool { next(below: count) == 0 }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[next(below: values.count)] }
}
