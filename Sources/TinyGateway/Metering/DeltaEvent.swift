/// The fast way past the most frequent event: one that lies whole in the bytes at hand, as
/// `[event: ...] data: {"type":"....delta",...}` with LF line ends.
///
/// A reader that takes the last of two `type` members must see no other end than the meter. So the
/// rest of the event is passed over only while no key in it can read `type`, be it with escapes;
/// otherwise the event is left, from its first byte on, to the scanners. What else the event
/// says means nothing to the meter, and neither does an event that is not JSON.
enum DeltaEvent {
    /// The offset behind the blank line of the delta event that begins at `start`; `nil` when there
    /// is none, or not wholly before `end`.
    @inline(never)
    static func end(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        var at = start
        // Shorter ones need no fast way.
        guard end &- at >= 64 else { return nil }
        if bytes[at] == UInt8(ascii: "e") {
            at = bytes.firstLineEnd(in: at..<end)
            guard end &- at >= 32, bytes[at] == 0x0A else { return nil }
            at &+= 1
        }
        guard end &- at >= 24, bytes.word(at: at) == dataBraceQuote,
            bytes.word(at: at &+ 7) == typeColon
        else { return nil }
        at = bytes.firstStringEnd(in: at &+ 15..<end)
        guard at < end, bytes[at] == 0x22, bytes.word(at: at &- 7) & ~0xFF == deltaQuote else {
            return nil
        }
        at = bytes.firstLineEndOrTKey(in: at..<end)
        // Behind a colon begins a value ("delta":"the"), never a key.
        while at < end, bytes[at] == 0x22, bytes[at &- 1] == 0x3A {
            at = bytes.firstLineEndOrTKey(in: at &+ 1..<end)
        }
        guard end &- at >= 2, bytes[at] == 0x0A, bytes[at &+ 1] == 0x0A else { return nil }
        return at &+ 2
    }

    /// Whether `bytes[range]` is one event of the kind that an answer mostly consists of: a delta
    /// of the text, as OpenAI writes it. What this holds of, `end` would pass over too.
    @inline(__always)
    static func isText(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let end = range.upperBound &- 2
        return end &- range.lowerBound > textStart.utf8CodeUnitCount
            && bytes.holds(textStart, at: range.lowerBound) && bytes.pair(at: end) == 0x0A0A
            && !bytes.holdsLineEndOrTKey(
                in: range.lowerBound &+ textStart.utf8CodeUnitCount &- 1..<end)
    }

    private static var textStart: StaticString {
        """
        event: response.output_text.delta
        data: {"type":"response.output_text.delta"
        """
    }

    /// `data: {"`
    private static var dataBraceQuote: UInt64 { 0x227B_203A_6174_6164 }
    /// `"type":"`
    private static var typeColon: UInt64 { 0x223A_2265_7079_7422 }
    /// `.delta"` behind a byte that does not matter.
    private static var deltaQuote: UInt64 { 0x2261_746C_6564_2E00 }
}
