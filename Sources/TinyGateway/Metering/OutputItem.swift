/// One output item, as far as it may cost something by itself.
struct OutputItem: Sendable {
    enum Kind: UInt8, Sendable {
        case other
        case webSearch
        case image

        init(type text: Span<UInt8>) {
            if text.equals("web_search_call") {
                self = .webSearch
            } else if text.equals("image_generation_call") {
                self = .image
            } else {
                self = .other
            }
        }
    }

    var kind = Kind.other
    /// A hash of its id; `nil` when it has none.
    var identity: UInt64?
    /// It failed, or was cut short. (A finished image may still be called `generating`.)
    var hasFailed = false
    /// What a web search did was something else: `open_page`, `find_in_page`.
    var isOtherAction = false
    var model = ""
    var quality = ""
    var size = ""

    /// Names of qualities and sizes are short; a longer text names nothing we have a price for.
    static var nameBytesMax: Int { 64 }

    static func name(_ text: Span<UInt8>) -> String {
        statedName(text) ?? ""
    }

    /// `nil` when the text names nothing: it is empty, too long, or not printable, which the books
    /// would take for odd usage.
    static func statedName(_ text: Span<UInt8>) -> String? {
        guard !text.isEmpty, text.count <= nameBytesMax else { return nil }
        for index in text.indices where text[index] < 0x20 || text[index] == 0x7F { return nil }
        return String(validating: text)
    }

    /// FNV-1a over the bytes of an id.
    static func identity(of id: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in id.indices {
            hash = (hash ^ UInt64(id[index])) &* 0x100_0000_01B3
        }
        return hash
    }
}
