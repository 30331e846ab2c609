/// A moment in UTC, in milliseconds since 1970-01-01. Years 1970 to 9999.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let millisecondsSince1970: Int64

    static let millisecondsPerDay: Int64 = 86_400_000
    /// 9999-12-31T23:59:59.999Z, the last one that has a text.
    public static let maximum = Timestamp(millisecondsSince1970: 253_402_300_799_999)
    /// Length of `2026-11-22T00:35:12.345Z`.
    static let textBytes = 24

    public init(millisecondsSince1970: Int64) {
        precondition(millisecondsSince1970 >= 0, "a moment before 1970")
        precondition(millisecondsSince1970 <= 253_402_300_799_999, "a moment after 9999")
        self.millisecondsSince1970 = millisecondsSince1970
    }

    /// nil before 1970 and after 9999.
    public init?(secondsSince1970 seconds: Int64?) {
        guard let seconds, (0...253_402_300_799).contains(seconds) else { return nil }
        self.init(millisecondsSince1970: seconds * 1000)
    }

    /// Reads exactly the form that `text` writes (RFC 3339 5.6 with three places and `Z`).
    public init?(_ text: String) {
        self.init(text.utf8.span)
    }

    init?(_ text: Span<UInt8>) {
        guard text.count == Timestamp.textBytes,
            let day = CivilDay(text, at: 0),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), text[19] == UInt8(ascii: "."),
            text[23] == UInt8(ascii: "Z"),
            let hour = CivilDay.digits(text, 11, 2), hour < 24,
            let minute = CivilDay.digits(text, 14, 2), minute < 60,
            let second = CivilDay.digits(text, 17, 2), second < 60,
            let millisecond = CivilDay.digits(text, 20, 3)
        else { return nil }
        let seconds = (hour * 60 + minute) * 60 + second
        self.init(
            millisecondsSince1970: Int64(day.number) * Timestamp.millisecondsPerDay + seconds * 1000
                + millisecond)
    }

    /// The first moment of a day: `2026-01-01`.
    public init?(day text: String) {
        guard let day = CivilDay(text) else { return nil }
        self = day.start
    }

    /// `2026-11-22T00:35:12.345Z`.
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `2026-11-22`.
    public var dayText: String { day.text }

    public var day: CivilDay {
        CivilDay(number: Int32(millisecondsSince1970 / Timestamp.millisecondsPerDay))
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.millisecondsSince1970 < right.millisecondsSince1970
    }

    /// A moment so many milliseconds later; at the end of time it stays there.
    public static func + (left: Timestamp, milliseconds: Int64) -> Timestamp {
        let (sum, overflow) = left.millisecondsSince1970.addingReportingOverflow(milliseconds)
        if overflow || sum > maximum.millisecondsSince1970 { return maximum }
        return Timestamp(millisecondsSince1970: sum)
    }

    /// A moment so many milliseconds before; at the beginning of time it stays there.
    public func earlier(by milliseconds: Int64) -> Timestamp {
        Timestamp(millisecondsSince1970: max(0, millisecondsSince1970 - milliseconds))
    }

    /// A moment `count` times exactly 86,400 s later.
    public func adding(days count: Int64) -> Timestamp {
        let (span, overflow) = Timestamp.millisecondsPerDay.multipliedReportingOverflow(by: count)
        return overflow ? Timestamp.maximum : self + span
    }

    func append(to bytes: inout [UInt8]) {
        day.append(to: &bytes)
        let inDay = millisecondsSince1970 % Timestamp.millisecondsPerDay
        bytes.append(UInt8(ascii: "T"))
        CivilDay.append(inDay / 3_600_000, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        CivilDay.append(inDay / 60_000 % 60, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        CivilDay.append(inDay / 1000 % 60, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        CivilDay.append(inDay % 1000, width: 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }
}
