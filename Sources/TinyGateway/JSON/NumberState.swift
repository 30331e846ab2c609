/// What is remembered of a number: its place in the grammar and its value as an integer.
struct NumberState: Sendable {
    enum Part: UInt8, Sendable {
        case start
        case minus
        case zero
        case integer
        case point
        case fraction
        case exponent
        case exponentSign
        case exponentDigits
    }

    /// The largest integer up to which doubles leave none out.
    static var magnitudeMax: UInt64 { 1 << 53 }

    var part = Part.start
    var isNegative = false
    /// Stays above `magnitudeMax` once it is.
    var magnitude: UInt64 = 0

    /// Takes one byte. `false` when it does not belong to the number.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        let isDigit = byte &- 0x30 < 10
        switch part {
        case .integer:
            if isDigit { add(byte) } else { return takePoint(byte) }
        case .start, .minus:
            if isDigit {
                add(byte)
                part = byte == 0x30 ? .zero : .integer
            } else {
                guard byte == 0x2D, part == .start else { return false }
                isNegative = true
                part = .minus
            }
        case .zero:
            return takePoint(byte)
        case .point, .fraction:
            if isDigit { part = .fraction } else { return part == .fraction && takeExponent(byte) }
        case .exponent:
            guard isDigit || byte == 0x2B || byte == 0x2D else { return false }
            part = isDigit ? .exponentDigits : .exponentSign
        case .exponentSign, .exponentDigits:
            guard isDigit else { return false }
            part = .exponentDigits
        }
        return true
    }

    /// The number as a scalar, `nil` when it is cut short.
    var scalar: JSONScalar? {
        switch part {
        case .zero, .integer:
            guard magnitude <= Self.magnitudeMax else { return .oddNumber }
            return .integer(isNegative ? -Int64(magnitude) : Int64(magnitude))
        case .fraction, .exponentDigits: return .oddNumber
        case .start, .minus, .point, .exponent, .exponentSign: return nil
        }
    }

    private mutating func add(_ digit: UInt8) {
        guard magnitude <= Self.magnitudeMax else { return }
        magnitude = magnitude * 10 + UInt64(digit &- 0x30)
    }

    private mutating func takePoint(_ byte: UInt8) -> Bool {
        guard byte == 0x2E else { return takeExponent(byte) }
        part = .point
        return true
    }

    private mutating func takeExponent(_ byte: UInt8) -> Bool {
        guard byte.asciiLowercased == 0x65 else { return false }
        part = .exponent
        return true
    }
}
