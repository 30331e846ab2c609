import Billing

/// What the request meter knows of a request body.
struct RequestFacts: Equatable, Sendable {
    /// Bytes fed so far.
    var bodyBytes = 0
    var model: String?
    var isStream = false
    var serviceTier: String?
    var maxOutputTokens: Int64?
    var promptCacheKey: String?
    /// Of a request for images: how many, and of what kind, as far as it says.
    var imageCount: Int64?
    var quality: String?
    var size: String?
    /// The body so far is one whole JSON object and nothing but white space after it.
    var isComplete = false
    /// Known at the latest when the last byte was fed, except `.malformed` for a body that just
    /// ends: `isComplete` tells.
    var refusal: RequestRefusal?

    /// The kind of image that was asked for, empty where the request does not say.
    var image: ImageUse {
        ImageUse(
            model: model.map { OutputItem.name($0.utf8.span) } ?? "", quality: quality ?? "",
            size: size ?? "", count: imageCount ?? 1)
    }

    /// `image` of the answer, with what it leaves out taken from the request.
    func completing(_ image: ImageUse) -> ImageUse {
        let asked = self.image
        return ImageUse(
            model: image.model.isEmpty ? asked.model : image.model,
            quality: image.quality.isEmpty ? asked.quality : image.quality,
            size: image.size.isEmpty ? asked.size : image.size, count: image.count)
    }
}
