import Testing

@testable import Billing

/// Every example of `price_examples.py`, which computes with Python's decimal.
@Suite struct PriceExampleTests {
    @Test func moreThanAHundredAgreeWithDecimal() throws {
        let lines = priceExamples.split(separator: "\n")
        #expect(lines.count > 120)
        for line in lines {
            let words = line.split(separator: " ").map { String($0) }
            let table = words[0] == "extended" ? try Self.extended() : PriceTable.default
            let counts = words[3...7].map { Int64($0) ?? -1 }
            let usage = Usage(
                input: counts[0], cached: counts[1], cacheWrite: counts[2], output: counts[3],
                searches: counts[4], images: try Self.images(words[8]))
            let charge = try table.charge(
                usage, model: ModelName(words[1]).unwrapped, fast: words[2] == "fast",
                at: Timestamp("2026-11-22T00:00:00.000Z").unwrapped)
            #expect(charge.exact.text == words[9], "\(line)")
            #expect(charge.amount.text == words[10], "\(line)")
        }
    }

    private static func images(_ text: String) throws -> [ImageUse] {
        if text == "-" { return [] }
        return text.split(separator: "+").map { kind in
            let parts = kind.split(separator: "/").map { String($0) }
            return ImageUse(
                model: parts[0], quality: parts[1], size: parts[2], count: Int64(parts[3]) ?? -1)
        }
    }

    private static func extended() throws -> PriceTable {
        let from = try CivilDay("2026-01-01").unwrapped
        let first = PriceRow(
            model: try ModelName("house-1").unwrapped, from: from,
            input: try TokenPrice("0.4").unwrapped, cachedInput: try TokenPrice("0.04").unwrapped,
            cacheWrite: try TokenPrice("0.5").unwrapped, output: try TokenPrice("2").unwrapped,
            fast: try Multiplier("2").unwrapped,
            longContext: LongContext(
                above: 272_000, input: try TokenPrice("0.8").unwrapped,
                cachedInput: try TokenPrice("0.08").unwrapped,
                output: try TokenPrice("3").unwrapped))
        let second = PriceRow(
            model: try ModelName("house-2").unwrapped, from: from,
            input: try TokenPrice("0.333333").unwrapped,
            output: try TokenPrice("1.999999").unwrapped,
            fast: try Multiplier("1.333").unwrapped,
            longContext: LongContext(
                above: 1000, input: try TokenPrice("0.7").unwrapped,
                output: try TokenPrice("3.1").unwrapped))
        return PriceTable.default.replacing(first).replacing(second)
    }
}
