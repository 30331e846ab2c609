import Testing

@testable import Billing

@Suite struct IdentifierTests {
    @Test(arguments: [
        ("b_1", true), ("b_aZ9_-", true), ("b_", false), ("b", false), ("a_1", false), ("", false),
        ("b_ ", false), ("b_\u{e9}", false), ("b_\"", false),
        ("b_" + String(repeating: "x", count: 62), true),
        ("b_" + String(repeating: "x", count: 63), false),
    ])
    func balanceIDs(text: String, isOne: Bool) {
        #expect((BalanceID(text) != nil) == isOne)
    }

    @Test(arguments: 3...24) func exchangeIDsAreTheirTextOfAnyLength(count: Int) throws {
        let letters = Array("-_AZaz09bcdefghijklmnopqrstuvw")
        let text = "x_" + String(letters.prefix(count - 2))
        let id = try #require(ExchangeID(text))
        #expect(id.text == text && id.byteCount == count)
        #expect(ExchangeID(id.text) == id)
        // Each byte counts.
        for index in 2..<count {
            var other = Array(text)
            other[index] = "y"
            #expect(ExchangeID(String(other)) != id)
        }
        #expect(count == 3 || ExchangeID(String(text.dropLast())) != id)
    }

    @Test(arguments: [
        "", "x", "x_", "b_1", "x_ ", "x_\u{e9}", "x_" + String(repeating: "x", count: 23),
    ])
    func textsThatAreNoExchangeIDs(text: String) {
        #expect(ExchangeID(text) == nil)
    }

    @Test(arguments: [
        ("gpt-5.4", true), ("my model \u{e9}", true), ("", false), ("a\nb", false),
        ("a\u{7f}", false), (String(repeating: "m", count: 256), true),
        (String(repeating: "m", count: 257), false),
    ])
    func modelNames(text: String, isOne: Bool) {
        #expect((ModelName(text) != nil) == isOne)
    }

    @Test(arguments: [
        "1970-01-01T00:00:00.000Z", "2026-11-22T00:35:12.345Z", "2024-02-29T23:59:59.999Z",
        "2000-02-29T12:00:00.000Z", "9999-12-31T23:59:59.999Z", "2027-03-01T00:00:00.001Z",
    ])
    func momentsRoundTrip(text: String) {
        #expect(Timestamp(text)?.text == text)
        #expect(Timestamp(text)?.dayText == String(text.prefix(10)))
    }

    @Test(arguments: [
        "1969-12-31T23:59:59.999Z", "2026-02-29T00:00:00.000Z", "2100-02-29T00:00:00.000Z",
        "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-04-31T00:00:00.000Z",
        "2026-11-22T24:00:00.000Z", "2026-11-22T00:60:00.000Z", "2026-11-22T00:00:60.000Z",
        "2026-11-22 00:00:00.000Z", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00.000",
        "2026-11-22T00:00:00.000+00:00", "",
    ])
    func otherMomentsAreRefused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func everyDayFollowsTheOneBefore() throws {
        var previous = ""
        for number in Int32(0)...Int32(60_000) {
            let text = CivilDay(number: number).text
            #expect(text > previous)
            #expect(CivilDay(text)?.number == number)
            previous = text
        }
        #expect(try Timestamp("2026-11-22T00:00:00.000Z").unwrapped.day.number == 20_779)
    }

    @Test func thirtyDaysAreExact() throws {
        let moment = try Timestamp("2026-11-22T00:35:12.345Z").unwrapped
        #expect(moment.adding(days: 30).text == "2026-12-22T00:35:12.345Z")
        #expect(moment.adding(days: Int64.max).text == "9999-12-31T23:59:59.999Z")
    }
}
