/// Decimal text to scaled integers and back; the one place where digits become money.
enum DecimalText {
    /// Which spellings are accepted.
    enum Form {
        /// As people write: any number of places up to this one.
        case people(Int)
        /// The ledger's sums: exactly this many places.
        case exactly(Int)
        /// The ledger's prices and costs: no trailing zero, none of the places needed.
        case trimmed
    }

    /// More digits before the point than this are refused of people: 10^12 USD in the finest scale
    /// times any count stays far inside Int128. The ledger's own sums may have 18.
    static let wholeDigitsMax = 12

    /// The value of `text` times 10^`scale`, or `nil` when it is not of that form.
    static func parse(_ text: Span<UInt8>, scale: Int, form: Form) -> Int128? {
        var index = 0
        let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard let whole = digits(text, &index) else { return nil }
        if case .people = form, whole.count > wholeDigitsMax { return nil }
        if whole.count > 1 && whole.hasLeadingZero { return nil }
        var value = whole.value
        var places = 0
        if index < text.count {
            guard text[index] == UInt8(ascii: ".") else { return nil }
            index += 1
            guard let fraction = digits(text, &index), fraction.count <= scale else { return nil }
            places = fraction.count
            value = value * power(places) + fraction.value
        }
        guard index == text.count, isAllowed(places: places, last: text[index - 1], form) else {
            return nil
        }
        // Minus zero would be a second spelling of zero.
        if isNegative && value == 0 { return nil }
        value *= power(scale - places)
        return isNegative ? -value : value
    }

    /// Appends `value / 10^scale` with at least `placesMin` places and no trailing zero beyond.
    static func append(_ value: Int128, scale: Int, placesMin: Int, to bytes: inout [UInt8]) {
        if value == 0 && placesMin == 0 { return bytes.append(UInt8(ascii: "0")) }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = value.magnitude
        let divisor = power(scale).magnitude
        appendInteger(UInt64(magnitude / divisor), to: &bytes)
        var fraction = UInt64(magnitude % divisor)
        var places = scale
        while places > placesMin && fraction % 10 == 0 {
            fraction /= 10
            places -= 1
        }
        if places == 0 { return }
        bytes.append(UInt8(ascii: "."))
        let start = bytes.count
        for _ in 0..<places { bytes.append(UInt8(ascii: "0")) }
        var index = start + places
        while fraction > 0 {
            index -= 1
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction % 10)
            fraction /= 10
        }
    }

    static func appendInteger(_ value: UInt64, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = value
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        var left = start
        var right = bytes.count - 1
        while left < right {
            bytes.swapAt(left, right)
            left += 1
            right -= 1
        }
    }

    private struct Digits {
        let value: Int128
        let count: Int
        let hasLeadingZero: Bool
    }

    /// At least one and at most 18 digits from `index` on.
    private static func digits(_ text: Span<UInt8>, _ index: inout Int) -> Digits? {
        let start = index
        var value: Int64 = 0
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit > 9 { break }
            if index - start == 18 { return nil }
            value = value * 10 + Int64(digit)
            index += 1
        }
        if index == start { return nil }
        return Digits(
            value: Int128(value), count: index - start,
            hasLeadingZero: text[start] == UInt8(ascii: "0"))
    }

    private static func isAllowed(places: Int, last: UInt8, _ form: Form) -> Bool {
        switch form {
        case .people(let max): return places <= max
        case .exactly(let exact): return places == exact
        case .trimmed: return places == 0 || last != UInt8(ascii: "0")
        }
    }

    private static func power(_ exponent: Int) -> Int128 {
        var result: Int64 = 1
        for _ in 0..<exponent { result *= 10 }
        return Int128(result)
    }
}
