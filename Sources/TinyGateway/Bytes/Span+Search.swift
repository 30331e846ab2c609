private import CUV

/// Searches in borrowed bytes. A range that leaves the span is a mistake of ours and stops the
/// process; a search without a hit returns the range's upper bound.
extension Span<UInt8> {
    /// Index of the first `byte` in `range`, else the range's upper bound.
    @inline(__always)
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int {
        check(range)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return range.upperBound }
            return unsafe cuv_find_byte(base, range.lowerBound, range.upperBound, byte)
        }
    }

    /// Index of the first byte that can end or break a JSON string: quotation mark, backslash or
    /// control character (RFC 8259 section 7).
    @inline(__always)
    func firstStringEnd(in range: Range<Int>) -> Int {
        check(range)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return range.upperBound }
            return unsafe cuv_find_string_end(base, range.lowerBound, range.upperBound)
        }
    }

    /// Index of the first control character of ASCII.
    @inline(__always)
    func firstControl(in range: Range<Int>) -> Int {
        check(range)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return range.upperBound }
            return unsafe cuv_find_control(base, range.lowerBound, range.upperBound)
        }
    }

    /// Index of the first LF or CR.
    @inline(__always)
    func firstLineEnd(in range: Range<Int>) -> Int {
        check(range)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return range.upperBound }
            return unsafe cuv_find_line_end(base, range.lowerBound, range.upperBound)
        }
    }

    /// Index of the first line end, or of the first quotation mark before `t` or a backslash: only
    /// there can a JSON key begin that reads `type`. (It may hit one before `T` or `|`.)
    @inline(__always)
    func firstLineEndOrTKey(in range: Range<Int>) -> Int {
        check(range)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return range.upperBound }
            return unsafe cuv_find_line_end_or_t_key(base, range.lowerBound, range.upperBound)
        }
    }

    /// Whether a byte of the range is a line end (or another one below), or a quotation mark before
    /// `t` or a backslash. The question above, cheaper, because the place does not matter.
    @inline(__always)
    func holdsLineEndOrTKey(in range: Range<Int>) -> Bool {
        check(range)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe cuv_holds_line_end_or_t_key(base, range.lowerBound, range.upperBound) != 0
        }
    }

    @inline(__always)
    private func check(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "search outside the span")
    }
}
