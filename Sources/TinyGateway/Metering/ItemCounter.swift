import Billing

/// Counts finished output items that cost something, each id once.
struct ItemCounter: Sendable {
    /// Ids that are remembered. A response with more tool calls than this counts the rest as told.
    static var identitiesMax: Int { 256 }
    /// Different kinds of image that are told apart; the rest count as unknown ones.
    static var imageKindsMax: Int { 16 }

    private(set) var searches: Int64 = 0
    private(set) var images: [ImageUse] = []
    private var seen: [UInt64] = []

    mutating func count(_ item: OutputItem) {
        guard item.kind != .other, !item.hasFailed else { return }
        if let identity = item.identity {
            guard !seen.contains(identity) else { return }
            if seen.count < Self.identitiesMax { seen.append(identity) }
        }
        switch item.kind {
        case .webSearch: if !item.isOtherAction { searches += 1 }
        case .image: countImage(item)
        case .other: break
        }
    }

    private mutating func countImage(_ item: OutputItem) {
        var image = ImageUse(
            model: item.model, quality: item.quality, size: item.size, count: 1)
        if add(image) { return }
        if images.count >= Self.imageKindsMax {
            image = ImageUse(model: "", quality: "", size: "", count: 1)
            if add(image) { return }
        }
        images.append(image)
    }

    private mutating func add(_ image: ImageUse) -> Bool {
        for index in images.indices
        where images[index].model == image.model && images[index].quality == image.quality
            && images[index].size == image.size
        {
            images[index].count += 1
            return true
        }
        return false
    }
}
