/// A small JSON document in memory.
enum JSONValue: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        var name: String
        var value: JSONValue
    }

    case null
    case bool(Bool)
    /// A number without fraction or exponent that fits.
    case integer(Int64)
    /// Any other number, as it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// Members in the order given; no name occurs twice.
    case object([Member])

    /// The member of this name, if this is an object that has one.
    subscript(name: String) -> JSONValue? {
        @inline(never) get { member(name) }
    }

    /// The text of the member of this name, if this is an object that has one. Never inlined, as
    /// the loop would be wherever a document is read.
    @inline(never)
    func text(_ name: String) -> String? {
        member(name)?.string
    }

    private func member(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.name == name { return member.value }
        return nil
    }

    var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    var integer: Int64? {
        if case .integer(let value) = self { return value }
        return nil
    }

    var bool: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    var array: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    var members: [Member]? {
        if case .object(let members) = self { return members }
        return nil
    }
}
