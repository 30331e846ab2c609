import Billing
import Testing

@testable import TinyGateway

/// Answers that are priced by the call: images and searches.
@Suite struct ImageAnswerTests {
    static let answer = """
        {"created":1795303730,
        "data":[{"b64_json":"iVBORw0KGgo\\/+A==","revised_prompt":"a \\"c\\u0061t\\""},
        {"url":"https://images.example.test/{1}.png"}],"quality":"high","size":"1024x1536",
        "background":"opaque","output_format":"png","model":"gpt-image-2",
        "usage":{"input_tokens":-5,"output_tokens":1.5,"total_tokens":"x",
        "input_tokens_details":{"cached_tokens":9}}}
        """

    private func expected(_ images: [ImageUse], model: String? = nil) -> MeteredResponse {
        var response = MeteredResponse(model: model, end: .completed)
        response.hasUsage = !images.isEmpty
        response.images = images
        return response
    }

    @Test func anAnswerAtEverySplit() {
        let bytes = Array((Self.answer + "\n").utf8)
        let whole = MeterRun(bytes, .images)
        let image = ImageUse(model: "gpt-image-2", quality: "high", size: "1024x1536", count: 2)
        #expect(whole.response == expected([image], model: "gpt-image-2"))
        #expect(whole.stops == [bytes.count - 2] && whole.sawOutput)
        #expect(!whole.response.hasOddUsage && whole.response.usage.odd == nil)
        for cut in 0...bytes.count where MeterRun(bytes, .images, cuts: [cut]) != whole {
            Issue.record("cut at \(cut)")
        }
        #expect(MeterRun(bytes, .images, cuts: Array(0..<bytes.count)) == whole)
        for stop in 0..<bytes.count - 2 {
            let cut = MeterRun(Array(bytes[..<stop]), .images)
            #expect(cut.response == MeteredResponse() && cut.stops.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("\"data\":[{}]", 1), ("\"data\":[{},{\"url\":\"u\"},{\"b64_json\":\"\"}]", 3),
            ("\"data\":[ { } , { } ] ", 2), ("\"d\\u0061ta\":[{}]", 1),
            ("\"data\":[[],[{}],{},[[]],null,5,\"x\",true]", 1),
            ("\"data\":[{\"data\":[{},{}]}]", 1),
            ("\"data\":[{\"a\":[1,[2]],\"b\":{\"c\":[]}}]", 1),
            ("\"data\":[{},{}],\"data\":[{}]", 1), ("\"data\":[{}],\"data\":[]", 0),
            ("\"data\":[{}],\"data\":null", 0), ("\"data\":[{}],\"data\":\"x\"", 0),
            ("\"data\":[{}],\"data\":{\"a\":{}}", 0), ("\"data\":{\"0\":{}}", 0),
            ("\"data\":[]", 0),
            ("\"data\":null", 0), ("\"data\":7", 0), ("\"images\":[{}]", 0), ("", 0),
            ("\"usage\":{\"input_tokens\":5,\"output_tokens\":9}", 0),
            ("\"status\":\"failed\",\"output\":[{\"type\":\"image_generation_call\"}]", 0),
        ] as [(String, Int64)])
    func imagesAreTheObjectsOfData(members: String, count: Int64) {
        let text = "{\(members)}"
        let images =
            count == 0 ? [] : [ImageUse(model: "", quality: "", size: "", count: count)]
        let whole = MeterRun(text, .images)
        #expect(whole.response == expected(images))
        #expect(whole.stops == [text.utf8.count - 1])
        for cut in 0...text.utf8.count {
            #expect(MeterRun(text, .images, cuts: [cut]) == whole)
        }
    }

    @Test(
        arguments: [
            ("\"quality\":\"low\"", ImageUse(model: "", quality: "low", size: "", count: 1)),
            ("\"size\":\"auto\"", ImageUse(model: "", quality: "", size: "auto", count: 1)),
            (
                "\"model\":\"m\",\"model\":null",
                ImageUse(model: "", quality: "", size: "", count: 1)
            ),
            (
                "\"size\":\"a\",\"size\":\"b\"",
                ImageUse(model: "", quality: "", size: "b", count: 1)
            ),
            ("\"size\":[\"a\"]", ImageUse(model: "", quality: "", size: "", count: 1)),
            (
                "\"model\":\"\(String(repeating: "m", count: 65))\"",
                ImageUse(model: "", quality: "", size: "", count: 1)
            ),
            // What the books could not write down must not make the images free.
            ("\"quality\":\"\\u0007\"", ImageUse(model: "", quality: "", size: "", count: 1)),
        ])
    func theKindIsWhatTheAnswerStates(members: String, image: ImageUse) {
        for text in ["{\(members),\"data\":[{}]}", "{\"data\":[{}],\(members)}"] {
            let response = MeterRun(text, .images).response
            #expect(response.images == [image] && response.usage.odd == nil)
        }
    }

    @Test func anImageOfManyMegabytesPasses() {
        let image = "{\"b64_json\":\"\(String(repeating: "iVBORw0KGgo", count: 800_000))\"}"
        let bytes = Array("{\"data\":[\(image),\(image)],\"quality\":\"low\"}".utf8)
        let cuts = Array(stride(from: 0, to: bytes.count, by: 65_536))
        let run = MeterRun(bytes, .images, cuts: cuts)
        #expect(run.response.images == [ImageUse(model: "", quality: "low", size: "", count: 2)])
        #expect(run.stops == [bytes.count - 1])
    }

    @Test(arguments: [
        "{}", "{\"results\":[{\"usage\":{\"input_tokens\":-5}}]}", "{\"error\":{\"code\":\"x\"}}",
        "{\"output\":[{\"type\":\"web_search_call\"}],\"model\":\"m\"} \n",
    ])
    func anyObjectIsOneSearch(document: String) {
        var expected = MeteredResponse(end: .completed, hasUsage: true)
        expected.searches = 1
        let whole = MeterRun(document, .search)
        #expect(whole.response == expected && whole.sawOutput)
        #expect(whole.stops == [document.utf8.lastIndex(of: 0x7D)!.utf16Offset(in: document)])
        for cut in 0...document.utf8.count {
            #expect(MeterRun(document, .search, cuts: [cut]) == whole)
        }
    }

    @Test(arguments: [
        "", "[]", "[{}]", "null", "{", "{\"a\":}", "{\"data\":[{}]", "x{}", "data: {}",
    ])
    func whatIsNotAnObjectEndsNothing(document: String) {
        for mode in [UsageMeter.Mode.images, .search] {
            let run = MeterRun(document, mode)
            #expect(run.response == MeteredResponse() && run.stops.isEmpty && !run.sawOutput)
        }
    }
}
