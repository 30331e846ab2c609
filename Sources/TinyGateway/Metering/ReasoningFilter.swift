/// Takes the `reasoning` items out of a request body: what one account encrypted does not open on
/// another. All else stays as it was written, byte for byte, but for commas that would separate
/// nothing.
struct ReasoningFilter {
    private var at = 0
    /// What stays, up to `copied`. Empty until something is taken out.
    private var output: [UInt8] = []
    private var copied = 0

    /// - Returns: the body without the elements of its top-level `input` whose type is `reasoning`;
    ///   `nil` when there are none, or the body is not one JSON object.
    static func removingReasoning(_ body: [UInt8]) -> [UInt8]? {
        var filter = ReasoningFilter()
        filter.readBody(body.span)
        guard filter.copied > 0 else { return nil }
        // The way here looks at brackets and strings only.
        var meter = RequestMeter()
        meter.feed(body.span, in: 0..<body.count)
        guard meter.facts.isComplete else { return nil }
        filter.keep(body.span, to: body.count)
        return filter.output
    }

    private mutating func readBody(_ bytes: Span<UInt8>) {
        skipSpace(bytes)
        guard take(0x7B, bytes) else { return }
        while let isInput = nextMember("input", bytes) {
            if isInput && take(0x5B, bytes) { readElements(bytes) } else { skipValue(bytes) }
        }
    }

    /// From behind the bracket to behind the one that closes it. The comma before an element that
    /// stays stays too, unless nothing before that element does; all others go.
    private mutating func readElements(_ bytes: Span<UInt8>) {
        var hasKept = false
        var comma = 0..<0
        while true {
            skipSpace(bytes)
            let start = at
            if at == bytes.count || take(0x5D, bytes) { return }
            if take(0x2C, bytes) {
                comma = start..<at
                continue
            }
            if readsReasoning(bytes) {
                cut(comma, bytes)
                cut(start..<at, bytes)
            } else {
                if !hasKept { cut(comma, bytes) }
                hasKept = true
            }
            comma = 0..<0
        }
    }

    /// Moves behind one element.
    private mutating func readsReasoning(_ bytes: Span<UInt8>) -> Bool {
        guard take(0x7B, bytes) else {
            skipValue(bytes)
            return false
        }
        var isReasoning = false
        while let isType = nextMember("type", bytes) {
            let start = at
            skipValue(bytes)
            // The last of several counts.
            if isType { isReasoning = reads("reasoning", bytes, start..<at) }
        }
        return isReasoning
    }

    /// Moves to the value of an object's next member.
    /// - Returns: whether its key is `name`; `nil` behind the object's end.
    @inline(never)
    private mutating func nextMember(_ name: StaticString, _ bytes: Span<UInt8>) -> Bool? {
        skipSpace(bytes)
        if take(0x2C, bytes) { skipSpace(bytes) }
        let start = at
        guard take(0x22, bytes) else {
            _ = take(0x7D, bytes)
            return nil
        }
        skipString(bytes)
        let isNamed = reads(name, bytes, start..<at)
        skipSpace(bytes)
        _ = take(0x3A, bytes)
        skipSpace(bytes)
        return isNamed
    }

    /// Whether the string at `range`, with its quotation marks, reads `text`.
    private func reads(_ text: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        // No escape takes more than six bytes a letter.
        guard range.count <= 6 * text.utf8CodeUnitCount + 2,
            let value = try? JSONReader.read(bytes.extracting(range), bytesMax: range.count)
        else { return false }
        return value.string?.utf8.span.equals(text) == true
    }

    /// Moves behind a value, or by one byte where there is none.
    private mutating func skipValue(_ bytes: Span<UInt8>) {
        var depth = 0
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case 0x22:
                skipString(bytes)
                if depth == 0 { return }
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if depth <= 0 { return }
            // Commas and colons between brackets, and what is left of numbers and literals.
            default: if depth == 0 && endsScalar(bytes) { return }
            }
        }
    }

    private func endsScalar(_ bytes: Span<UInt8>) -> Bool {
        guard at < bytes.count else { return true }
        let byte = bytes[at]
        return byte <= 0x20 || byte == 0x2C || byte == 0x7D || byte == 0x5D
    }

    /// From behind its quotation mark to behind its end.
    private mutating func skipString(_ bytes: Span<UInt8>) {
        while true {
            at = bytes.firstStringEnd(in: at..<bytes.count)
            if at == bytes.count || take(0x22, bytes) { return }
            // An escape; or a byte that must not stand there, which ends it all later on.
            at = min(at + 2, bytes.count)
        }
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
    }

    private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func cut(_ range: Range<Int>, _ bytes: Span<UInt8>) {
        guard !range.isEmpty else { return }
        if copied == 0 { output.reserveCapacity(bytes.count - range.count) }
        keep(bytes, to: range.lowerBound)
        copied = range.upperBound
    }

    private mutating func keep(_ bytes: Span<UInt8>, to end: Int) {
        let kept = copied..<end
        output.append(addingCapacity: kept.count) { output in
            for index in kept { output.append(bytes[index]) }
        }
        copied = end
    }
}
