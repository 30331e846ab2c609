import Testing

@testable import Billing

@Suite struct FactTests {
    @Test(arguments: [
        ("resp_1", 6), (String(repeating: "a", count: 256), 256),
        (String(repeating: "a", count: 257), 256), (String(repeating: "é", count: 200), 256),
        ("a" + String(repeating: "é", count: 200), 255),
        (String(repeating: "😀", count: 100), 256), ("ab" + String(repeating: "😀", count: 99), 254),
    ])
    func aFactIsCutWhereACharacterBegins(text: String, bytes: Int) {
        let bounded = Fact.bounded(text)
        #expect(bounded.utf8.count == bytes)
        #expect(text.hasPrefix(bounded))
    }

    @Test func aResponseThatCostsTooMuchIsOdd() throws {
        let price = try CallPrice("1000000").unwrapped
        let image = try ImagePrice(model: "m", quality: "q", size: "s", price: price).unwrapped
        let table = PriceTable.default.replacing(image)
        var usage = Usage(input: 0, output: 0)
        usage.images = [ImageUse(model: "m", quality: "q", size: "s", count: 1_000_000)]
        let model = try ModelName("gpt-5.4").unwrapped
        #expect(throws: OddUsage.tooLarge) {
            try table.charge(usage, model: model, fast: false, at: TestBooks.start)
        }
        usage.images[0].count = 999_999
        let charge = try table.charge(usage, model: model, fast: false, at: TestBooks.start)
        #expect(charge.amount.text == "999999000000.0000")
    }

    @Test func namesOfImagesAreBoundedInTheLine() {
        var usage = Usage(input: 0, output: 0)
        usage.images = [ImageUse(model: "a\u{1}", quality: "", size: "", count: 1)]
        #expect(usage.odd == .imagesUnbounded)
    }
}
