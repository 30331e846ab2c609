import Testing

@testable import Billing

@Suite struct PriceTableTests {
    private static let now = TestBooks.start

    @Test(arguments: [
        ("gpt-5.4", "gpt-5.4", false), ("gpt-5.4-mini", "gpt-5.4-mini", false),
        ("gpt-5.4-2026-03-05", "gpt-5.4", false),
        ("gpt-5.4-mini-2026-03-05", "gpt-5.4-mini", false),
        ("gpt-5.4-2026-03-5", "gpt-5.5-pro", true), ("gpt-5.4-20260305", "gpt-5.5-pro", true),
        ("-2026-03-05", "gpt-5.5-pro", true), ("gpt-9", "gpt-5.5-pro", true),
        ("gpt-5.5-pro", "gpt-5.5-pro", false),
    ])
    func aModelHasItsRow(model: String, row: String, isUnknown: Bool) throws {
        let match = PriceTable.default.row(for: try ModelName(model).unwrapped, at: Self.now)
        #expect(match.row.model.text == row)
        #expect(match.isUnknownModel == isUnknown)
    }

    @Test func aRowCountsFromItsDayOn() throws {
        let model = try ModelName("gpt-5.4").unwrapped
        let later = PriceRow(
            model: model, from: try CivilDay("2026-12-01").unwrapped,
            input: try TokenPrice("9").unwrapped, output: try TokenPrice("9").unwrapped)
        let table = PriceTable.default.replacing(later)
        let before = try Timestamp("2026-11-30T23:59:59.999Z").unwrapped
        let after = try Timestamp("2026-12-01T00:00:00.000Z").unwrapped
        #expect(table.row(for: model, at: before).row.input.text == "0.25")
        #expect(table.row(for: model, at: after).row.input.text == "9")
        // Before any of its rows a model is as unknown as one that is not listed.
        let early = try Timestamp("2025-06-01T00:00:00.000Z").unwrapped
        #expect(table.row(for: model, at: early).isUnknownModel)
        #expect(table.row(for: model, at: early).row.model.text == "gpt-5.5-pro")
        #expect(table.replacing(later) == table)
    }

    @Test(
        arguments: [
            (-1, 0, 0, 0, OddUsage.negative), (0, 0, 0, -1, .negative),
            ((1 << 40) + 1, 0, 0, 0, .tooLarge), (10, 11, 0, 0, .cachedAboveInput),
            (10, 6, 5, 0, .cachedAboveInput), (Int64.min, 0, 0, 0, .negative),
            (Int64.max, Int64.max, Int64.max, Int64.max, .tooLarge),
        ] as [(Int64, Int64, Int64, Int64, OddUsage)])
    func oddUsageIsNeverPriced(
        input: Int64, cached: Int64, written: Int64, output: Int64, odd: OddUsage
    ) throws {
        let usage = Usage(input: input, cached: cached, cacheWrite: written, output: output)
        let model = try ModelName("gpt-5.4").unwrapped
        #expect(throws: odd) {
            try PriceTable.default.charge(usage, model: model, fast: false, at: Self.now)
        }
    }

    @Test(
        arguments: [
            // 400,000 bytes are 100,000 tokens: 0.025; 1,000 of output: 0.0015.
            (400_000, "gpt-5.4", false, 1000, "0.0265"), (400_000, "gpt-5.4", true, 1000, "0.0530"),
            (0, "gpt-5.4", false, nil, "0.0240"), (1, "gpt-5.4", false, 0, "0.0001"),
            (0, nil, false, nil, "0.2880"), (0, "gpt-5.4", false, -5, "0.0000"),
            (0, "gpt-5.4", false, Int64.max, "1649267.4417"),
        ] as [(Int, String?, Bool, Int64?, String)])
    func anEstimateCoversBodyAndOutput(
        bytes: Int, model: String?, fast: Bool, output: Int64?, hold: String
    ) {
        let estimate = PriceTable.default.estimate(
            bodyBytes: bytes, model: model.flatMap { ModelName($0) }, fast: fast,
            maxOutputTokens: output, allowance: 16_000, at: Self.now)
        #expect(estimate.text == hold)
    }

    @Test(
        arguments: [
            // One image of gpt-image-2, high, 1024x1536 costs 0.0165.
            (1, "gpt-image-2", "high", "1024x1536", "0.0165"),
            (4, "gpt-image-2", "high", "1024x1536", "0.0660"),
            (3, "gpt-image-1-mini", "low", "1024x1024", "0.0015"),
            // What does not identify a price is gpt-image-2, medium, 1024x1024: 0.0053.
            (1, "", "", "", "0.0053"), (2, "gpt-image-2", "auto", "auto", "0.0106"),
            (1, "gpt-image-1", "low", "auto", "0.0053"),
            (1, "gpt-image-9", "low", "1024x1024", "0.0053"),
            (0, "gpt-image-2", "high", "1024x1536", "0.0000"), (-7, "", "", "", "0.0000"),
            (Int64.max, "", "", "", "5827411627.2128"),
        ] as [(Int64, String, String, String, String)])
    func anEstimateCoversTheImages(
        count: Int64, model: String, quality: String, size: String, hold: String
    ) throws {
        let table = PriceTable.default
        let estimate = table.estimate(images: count, model: model, quality: quality, size: size)
        #expect(estimate.text == hold)
        guard count > 0, count <= Usage.countMax else { return }
        let image = ImageUse(model: model, quality: quality, size: size, count: count)
        let charge = try table.charge(
            Usage(input: 0, output: 0, images: [image]), model: try ModelName("gpt-5.4").unwrapped,
            fast: true, at: Self.now)
        #expect(charge.exact.roundedUp == estimate)
    }

    @Test func aSearchIsPricedByTheCall() throws {
        let charge = try PriceTable.default.charge(
            Usage(input: 0, output: 0, searches: 3), model: try ModelName("gpt-9").unwrapped,
            fast: true, at: Self.now)
        #expect(charge.exact.text == "0.003")
    }

    @Test func aTableWithAHoleIsNone() throws {
        let table = PriceTable.default
        let stranger = try ModelName("gpt-9").unwrapped
        #expect(table.with(webSearch: table.webSearch, unknownModel: stranger) == nil)
        #expect(
            PriceTable(
                rows: table.rows, images: [], webSearch: table.webSearch,
                unknownModel: table.unknownModel) == nil)
        #expect(
            PriceTable(
                rows: table.rows + [table.rows[0]], images: table.images,
                webSearch: table.webSearch, unknownModel: table.unknownModel) == nil)
    }

    @Test func theCanonicalTextBegins() {
        let text = String(decoding: PriceTable.default.canonicalText, as: UTF8.self)
        let expected =
            #"{"unknown_model":"gpt-5.5-pro","web_search":"0.001","models":["#
            + #"{"model":"gpt-5.3-codex-spark","from":"2026-01-01","input":"0.175","#
            + #""cached_input":"0.0175","output":"1.4"},"#
            + #"{"model":"gpt-5.4","from":"2026-01-01","input":"0.25","cached_input":"0.025","#
            + #""output":"1.5","fast":"2"},"#
        #expect(text.hasPrefix(expected))
        #expect(
            text.contains(#""gpt-image-2","quality":"medium","size":"1024x1024","price":"0.0053"}"#)
        )
    }

    @Test func imagesOfOneKindStayTogether() {
        var usage = Usage()
        let image = ImageUse(model: "gpt-image-2", quality: "", size: "", count: 1)
        usage.add(image)
        usage.add(image)
        #expect(usage.images == [ImageUse(model: "gpt-image-2", quality: "", size: "", count: 2)])
        #expect(usage.imageCount == 2)
        #expect(!usage.isZero)
    }
}
