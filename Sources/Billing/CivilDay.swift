/// A day in UTC, counted from 1970-01-01. Years 1970 to 9999.
public struct CivilDay: Hashable, Comparable, Sendable {
    public let number: Int32

    init(number: Int32) {
        precondition(number >= 0 && number <= 2_932_896, "a day outside 1970...9999")
        self.number = number
    }

    /// Reads `2026-11-22`; `nil` for a day that the calendar does not have.
    public init?(_ text: String) {
        let bytes = text.utf8.span
        guard bytes.count == 10 else { return nil }
        self.init(bytes, at: 0)
    }

    /// Reads the ten bytes at `index`.
    init?(_ text: Span<UInt8>, at index: Int) {
        guard text.count >= index + 10,
            let year = CivilDay.digits(text, index, 4), year >= 1970,
            text[index + 4] == UInt8(ascii: "-"),
            let month = CivilDay.digits(text, index + 5, 2), month >= 1, month <= 12,
            text[index + 7] == UInt8(ascii: "-"),
            let day = CivilDay.digits(text, index + 8, 2), day >= 1,
            day <= CivilDay.daysIn(month: month, year: year)
        else { return nil }
        self.number = CivilDay.number(year: year, month: month, day: day)
    }

    public var start: Timestamp {
        Timestamp(millisecondsSince1970: Int64(number) * Timestamp.millisecondsPerDay)
    }

    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }

    /// Days from civil and back, counted in 400-year eras that begin on 1 March: H. Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms".
    private static func number(year: Int64, month: Int64, day: Int64) -> Int32 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    func append(to bytes: inout [UInt8]) {
        let shifted = Int64(number) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        CivilDay.append(year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        CivilDay.append(month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        CivilDay.append(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, width: 2, to: &bytes)
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2:
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    static func digits(_ text: Span<UInt8>, _ index: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for offset in index..<index + count {
            let digit = text[offset] &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }

    static func append(_ value: Int64, width: Int, to bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
