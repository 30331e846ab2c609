/// Finished `image_generation_call` items that agree in model, quality and size ("" where the
/// upstream did not say).
struct MeteredImage: Equatable, Sendable {
    var model: String
    var quality: String
    var size: String
    var count: Int64
}
