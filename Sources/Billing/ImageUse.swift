/// Finished images of one kind. An empty text means that the response did not say.
public struct ImageUse: Hashable, Sendable {
    public var model: String
    public var quality: String
    public var size: String
    public var count: Int64

    public init(model: String, quality: String, size: String, count: Int64) {
        self.model = model
        self.quality = quality
        self.size = size
        self.count = count
    }
}
