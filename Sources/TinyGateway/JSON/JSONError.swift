/// Why a small document could not be read. Offsets count bytes from 0.
enum JSONError: Error, Equatable, Sendable {
    case tooLong(bytes: Int, max: Int)
    case tooDeep(at: Int)
    /// The document ends before its value does.
    case cutShort
    case unexpectedByte(at: Int)
    /// Bytes that are not UTF-8, or half of a surrogate pair.
    case badText(at: Int)
    case repeatedName(String)

    /// For people, in the middle of a sentence.
    var reason: String {
        switch self {
        case .tooLong(let bytes, let max): "it has \(bytes) bytes, and at most \(max) are read"
        case .tooDeep(let offset): "it is nested too deeply at byte \(offset)"
        case .cutShort: "it ends too early"
        case .unexpectedByte(let offset): "byte \(offset) does not belong there"
        case .badText(let offset): "the text at byte \(offset) is not Unicode"
        case .repeatedName(let name): "the name \"\(name)\" occurs twice in one object"
        }
    }
}
