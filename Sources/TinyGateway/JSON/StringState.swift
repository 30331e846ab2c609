/// What is remembered of a string that the bytes so far did not end, or that has escapes.
struct StringState: Sendable {
    var isKey = false
    /// Its text is wanted.
    var isKept = false
    /// Its text is longer than `textMax`.
    private(set) var isLong = false
    /// A `\u` escape stood for half of a surrogate pair without the other half.
    private(set) var sawLoneSurrogate = false
    /// Hexadecimal digits of a `\u` escape still to come.
    private(set) var hexDigits: UInt8 = 0
    private var hexValue: UInt32 = 0
    /// The first half of a surrogate pair, whose second half must follow; else 0.
    private var highSurrogate: UInt32 = 0
    /// Bytes of text that are kept at most.
    private let textMax: Int
    var text: [UInt8] = []

    init(textMax: Int) {
        self.textMax = textMax
    }

    mutating func begin(isKey: Bool, isKept: Bool) {
        self.isKey = isKey
        self.isKept = isKept
        isLong = false
        sawLoneSurrogate = false
        highSurrogate = 0
        hexDigits = 0
        text.removeAll(keepingCapacity: true)
    }

    mutating func append(_ bytes: Span<UInt8>) {
        guard isKept, !bytes.isEmpty else { return }
        endSurrogate()
        guard bytes.count <= textMax - text.count else {
            isLong = true
            return
        }
        for index in bytes.indices { text.append(bytes[index]) }
    }

    /// The byte behind a backslash. `false` when there is no such escape.
    mutating func escape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x5C, 0x2F: append(byte)
        case 0x62: append(0x08)
        case 0x66: append(0x0C)
        case 0x6E: append(0x0A)
        case 0x72: append(0x0D)
        case 0x74: append(0x09)
        case 0x75:
            hexDigits = 4
            hexValue = 0
        default: return false
        }
        return true
    }

    /// A digit of a `\u` escape. `false` when it is none.
    mutating func hexDigit(_ byte: UInt8) -> Bool {
        let letter = byte.asciiLowercased &- 0x61
        guard byte &- 0x30 < 10 || letter < 6 else { return false }
        hexValue = hexValue << 4 | UInt32(letter < 6 ? letter + 10 : byte &- 0x30)
        hexDigits -= 1
        if hexDigits == 0 { append(unit: hexValue) }
        return true
    }

    /// A surrogate that is still alone stays so.
    mutating func endSurrogate() {
        guard highSurrogate != 0 else { return }
        highSurrogate = 0
        sawLoneSurrogate = true
        append(scalar: 0xFFFD)
    }

    /// One `\u` escape. A lone surrogate has no UTF-8 form and becomes U+FFFD.
    private mutating func append(unit: UInt32) {
        guard isKept else { return }
        if unit & 0xFC00 == 0xDC00 && highSurrogate != 0 {
            let scalar = 0x10000 + (highSurrogate & 0x3FF) << 10 + unit & 0x3FF
            highSurrogate = 0
            append(scalar: scalar)
        } else if unit & 0xFC00 == 0xD800 {
            endSurrogate()
            highSurrogate = unit
        } else if unit & 0xFC00 == 0xDC00 {
            sawLoneSurrogate = true
            append(scalar: 0xFFFD)
        } else {
            append(scalar: unit)
        }
    }

    private mutating func append(scalar value: UInt32) {
        guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else { return }
        for byte in encoded { append(byte) }
    }

    private mutating func append(_ byte: UInt8) {
        let one: InlineArray<1, UInt8> = [byte]
        append(one.span)
    }
}
