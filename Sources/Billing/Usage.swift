/// Tokens and tool calls of one response, as the upstream counted them.
public struct Usage: Hashable, Sendable {
    /// Input tokens, with the cached and the cache-write ones inside.
    public var input: Int64 = 0
    public var cached: Int64 = 0
    public var cacheWrite: Int64 = 0
    /// Output tokens, with the reasoning ones inside.
    public var output: Int64 = 0
    public var reasoning: Int64 = 0
    /// Finished web searches.
    public var searches: Int64 = 0
    public var images: [ImageUse] = []

    public static let countMax: Int64 = 1 << 40
    public static let imageKindsMax = 32
    public static let imageTextBytesMax = 128

    public init() {}

    public init(
        input: Int64, cached: Int64 = 0, cacheWrite: Int64 = 0, output: Int64, reasoning: Int64 = 0,
        searches: Int64 = 0, images: [ImageUse] = []
    ) {
        self.input = input
        self.cached = cached
        self.cacheWrite = cacheWrite
        self.output = output
        self.reasoning = reasoning
        self.searches = searches
        self.images = images
    }

    /// Whether nothing was used: a prewarm, for example. Such a response costs nothing.
    public var isZero: Bool { self == Usage() }

    public var imageCount: Int64 {
        var sum: Int64 = 0
        for image in images { sum += image.count }
        return sum
    }

    /// What is wrong with it, if anything. Everything that prices usage asks this first.
    public var odd: OddUsage? {
        var smallest = min(input, cached, cacheWrite, output, reasoning, searches)
        var largest = max(input, cached, cacheWrite, output, reasoning, searches)
        for image in images {
            smallest = min(smallest, image.count)
            largest = max(largest, image.count)
        }
        if smallest < 0 { return .negative }
        if largest > Usage.countMax { return .tooLarge }
        if cached + cacheWrite > input { return .cachedAboveInput }
        if images.count > Usage.imageKindsMax { return .imagesUnbounded }
        for image in images where !Usage.isBounded(image) { return .imagesUnbounded }
        return nil
    }

    /// Counts finished images; those of one kind stay together.
    public mutating func add(_ image: ImageUse) {
        for index in images.indices
        where images[index].model == image.model && images[index].quality == image.quality
            && images[index].size == image.size
        {
            images[index].count += image.count
            return
        }
        images.append(image)
    }

    private static func isBounded(_ image: ImageUse) -> Bool {
        isBounded(image.model) && isBounded(image.quality) && isBounded(image.size)
    }

    /// Control characters take six bytes each in a line: 32 kinds of image must fit into one.
    private static func isBounded(_ text: String) -> Bool {
        text.isEmpty || IdentifierForm.isPrintable(text, bytesMax: imageTextBytesMax)
    }
}
