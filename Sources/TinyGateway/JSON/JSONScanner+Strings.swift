/// What is remembered of a string that the bytes so far did not end, or that has escapes.
struct StringState: Sendable {
    var isKey = false
    /// Its text is wanted.
    var isKept = false
    /// Its text is longer than `Limits.scalarBytes`.
    var isLong = false
    /// Hexadecimal digits of a `\u` escape still to come, and their value so far.
    var hexDigits: UInt8 = 0
    var hexValue: UInt32 = 0
    /// The first half of a surrogate pair, whose second half must follow; else 0.
    var highSurrogate: UInt32 = 0
    var text: [UInt8] = []

    mutating func begin(isKey: Bool, isKept: Bool) {
        self.isKey = isKey
        self.isKept = isKept
        isLong = false
        highSurrogate = 0
        text.removeAll(keepingCapacity: true)
    }

    mutating func append(_ bytes: Span<UInt8>) {
        guard isKept, !bytes.isEmpty else { return }
        endSurrogate()
        guard text.count + bytes.count <= Limits.scalarBytes else {
            isLong = true
            return
        }
        for index in bytes.indices { text.append(bytes[index]) }
    }

    mutating func append(_ byte: UInt8) {
        let one: InlineArray<1, UInt8> = [byte]
        append(one.span)
    }

    /// One `\u` escape. A lone surrogate has no UTF-8 form and becomes U+FFFD.
    mutating func append(unit: UInt32) {
        guard isKept else { return }
        if unit & 0xFC00 == 0xDC00 && highSurrogate != 0 {
            let scalar = 0x10000 + (highSurrogate & 0x3FF) << 10 + unit & 0x3FF
            highSurrogate = 0
            append(scalar: scalar)
        } else if unit & 0xFC00 == 0xD800 {
            endSurrogate()
            highSurrogate = unit
        } else {
            endSurrogate()
            append(scalar: unit & 0xFC00 == 0xDC00 ? 0xFFFD : unit)
        }
    }

    mutating func endSurrogate() {
        guard highSurrogate != 0 else { return }
        highSurrogate = 0
        append(scalar: 0xFFFD)
    }

    private mutating func append(scalar value: UInt32) {
        guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else { return }
        for byte in encoded { append(byte) }
    }
}

extension JSONScanner {
    /// Behind a quotation mark. A string that ends in these bytes, without an escape, is handed over
    /// from where it lies.
    /// - Returns: where to go on.
    @inline(__always)
    mutating func beginString(
        isKey: Bool, _ bytes: Span<UInt8>, _ start: Int, _ end: Int
    ) -> Int {
        let isKept = place != .deep && (isKey ? wantsKeys : node != Visitor.ignored)
        let stop = bytes.firstStringEnd(in: start..<end)
        if stop < end && bytes[stop] == 0x22 {
            if isKept {
                hand(over: bytes.extracting(start..<stop), isKey: isKey)
            } else if isKey {
                node = Visitor.ignored
            }
            endString(isKey: isKey)
        } else {
            string.begin(isKey: isKey, isKept: isKept)
            string.append(bytes.extracting(start..<stop))
            place = .string
            return stop
        }
        return stop + 1
    }

    mutating func continueString(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        let stop = bytes.firstStringEnd(in: start..<end)
        string.append(bytes.extracting(start..<stop))
        guard stop < end else { return stop }
        switch bytes[stop] {
        case 0x22: finishString()
        case 0x5C: place = .escape
        default: place = .failed
        }
        return stop + 1
    }

    mutating func continueEscape(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        place = .string
        switch bytes[at] {
        case 0x22, 0x5C, 0x2F: string.append(bytes[at])
        case 0x62: string.append(0x08)
        case 0x66: string.append(0x0C)
        case 0x6E: string.append(0x0A)
        case 0x72: string.append(0x0D)
        case 0x74: string.append(0x09)
        case 0x75:
            string.hexDigits = 4
            string.hexValue = 0
            place = .hexDigits
        default: place = .failed
        }
        return at + 1
    }

    mutating func continueHexDigits(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let digit: UInt8
        switch bytes[at] {
        case let byte where byte &- 0x30 < 10: digit = byte &- 0x30
        case let byte where byte.asciiLowercased &- 0x61 < 6:
            digit = byte.asciiLowercased &- 0x61 + 10
        default:
            place = .failed
            return at
        }
        string.hexValue = string.hexValue << 4 | UInt32(digit)
        string.hexDigits -= 1
        if string.hexDigits == 0 {
            string.append(unit: string.hexValue)
            place = .string
        }
        return at + 1
    }

    /// The end of a string that was kept in `string`.
    private mutating func finishString() {
        string.endSurrogate()
        if string.isKept && string.isLong {
            handOverLong(isKey: string.isKey)
        } else if string.isKept {
            // Moved out, since the visitor is told while it is read.
            let text = string.text
            string.text = []
            hand(over: text.span, isKey: string.isKey)
            string.text = text
        } else if string.isKey {
            node = Visitor.ignored
        }
        endString(isKey: string.isKey)
    }

    @inline(__always)
    private mutating func hand(over text: Span<UInt8>, isKey: Bool) {
        if text.count > Limits.scalarBytes {
            handOverLong(isKey: isKey)
        } else if isKey {
            finishKey(text)
        } else {
            visitor.string(text, at: node)
        }
    }

    private mutating func handOverLong(isKey: Bool) {
        if isKey {
            node = Visitor.ignored
        } else {
            visitor.scalar(.longString, at: node)
        }
    }

    @inline(__always)
    private mutating func endString(isKey: Bool) {
        if deepObjects + deepArrays > 0 {
            place = .deep
        } else if isKey {
            place = .colon
        } else {
            // Documents are objects or arrays.
            place = depth == 0 ? .failed : .afterValue
        }
    }
}
