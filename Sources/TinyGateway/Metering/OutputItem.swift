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
    /// The fingerprint of its id; `nil` when it has none.
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
}
