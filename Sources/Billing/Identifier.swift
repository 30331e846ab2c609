/// What all identifiers have in common: text of a checked form, equal when the text is equal.
public protocol Identifier: Hashable, Sendable {
    /// `nil` when `text` is not of this identifier's form.
    init?(_ text: String)
    var text: String { get }
}

/// The forms of identifiers.
enum IdentifierForm {
    /// What an identifier is found by in a dictionary, where it is one that we make ourselves: its
    /// end is random, so a hash of the whole text says no more, for twice as many instructions.
    static func end(of text: String) -> UInt64 {
        let bytes = text.utf8.span
        var word: UInt64 = 0
        for index in max(0, bytes.count - 8)..<bytes.count {
            word = word << 8 | UInt64(bytes[index])
        }
        return word
    }

    /// `prefix` followed by [A-Za-z0-9_-], at most `bytesMax` in all and at least one after it.
    static func isName(_ text: String, prefix: String, bytesMax: Int) -> Bool {
        isName(text.utf8.span, prefix: prefix, bytesMax: bytesMax)
    }

    static func isName(_ bytes: Span<UInt8>, prefix: String, bytesMax: Int) -> Bool {
        let start = prefix.utf8.span
        guard bytes.count > start.count, bytes.count <= bytesMax else { return false }
        for index in 0..<start.count where bytes[index] != start[index] { return false }
        for index in start.count..<bytes.count where !isNameByte(bytes[index]) { return false }
        return true
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            return true
        default: return false
        }
    }

    /// 1...`bytesMax` bytes, none of them a control character.
    static func isPrintable(_ text: String, bytesMax: Int) -> Bool {
        let bytes = text.utf8.span
        guard !bytes.isEmpty, bytes.count <= bytesMax else { return false }
        for index in 0..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x7f {
            return false
        }
        return true
    }
}
