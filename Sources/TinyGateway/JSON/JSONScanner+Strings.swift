extension JSONScanner {
    /// The short way for what most of a document is: keys and their colons, values that are
    /// strings, and the commas between them, all of it here whole and without escapes or spaces.
    /// - Parameter start: the quotation mark of a key.
    /// - Returns: where to go on: `start` when nothing could be taken.
    mutating func passMembers(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var at = start
        while true {
            let keyEnd = bytes.firstStringEnd(in: at + 1..<end)
            guard keyEnd + 2 < end, bytes[keyEnd] == 0x22, bytes[keyEnd + 1] == 0x3A else {
                return at
            }
            if wantsKeys {
                hand(over: bytes.extracting(at + 1..<keyEnd), isKey: true)
            } else {
                node = Visitor.ignored
            }
            at = keyEnd + 2
            place = .value
            guard bytes[at] == 0x22 else { return at }
            let textEnd = bytes.firstStringEnd(in: at + 1..<end)
            guard textEnd < end, bytes[textEnd] == 0x22 else { return at }
            if node != Visitor.ignored, visitor.keepsText(at: node) {
                hand(over: bytes.extracting(at + 1..<textEnd), isKey: false)
            }
            at = textEnd + 1
            place = .afterValue
            guard at + 1 < end, bytes[at] == 0x2C, bytes[at + 1] == 0x22 else { return at }
            at += 1
            place = .key
        }
    }

    /// Behind a quotation mark. A string that ends in these bytes, without an escape, is handed
    /// over from where it lies.
    /// - Returns: where to go on.
    @inline(__always)
    mutating func beginString(
        isKey: Bool, _ bytes: Span<UInt8>, _ start: Int, _ end: Int
    ) -> Int {
        let isKept =
            place != .deep
            && (isKey ? wantsKeys : node != Visitor.ignored && visitor.keepsText(at: node))
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
        if string.escape(bytes[at]) {
            place = string.hexDigits > 0 ? .hexDigits : .string
        } else {
            place = .failed
        }
        return at + 1
    }

    mutating func continueHexDigits(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        if string.hexDigit(bytes[at]) {
            if string.hexDigits == 0 { place = .string }
        } else {
            place = .failed
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
