/// Writes request bodies at random, with reasoning items in and outside of `input`.
struct BodyWriter {
    var random: SeededGenerator
    /// What the items to be removed look like, and nothing else does.
    var reasoningPattern: Regex<Substring> { /\{ ?"remove":[^\x07]*?"end":0\}/ }

    mutating func body() -> String {
        let input = "\"input\"\(space()):\(space())[\(list { $0.item() })]"
        var members = [input]
        for index in 0..<chance(4) { members.append("\"m\(index)\":\(value(depth: 0))") }
        members.shuffle(using: &random)
        return "\(space()){\(members.joined(separator: ",\(space())"))\(space())}\(space())"
    }

    private mutating func item() -> String {
        guard chance(3) == 0 else { return value(depth: 0) }
        let key = ["\"type\"", "\"\\u0074ype\"", "\"typ\\u0065\""][chance(3)]
        let name = ["\"reasoning\"", "\"r\\u0065asoning\""][chance(2)]
        let start = ["{", "{ "][chance(2)]
        return "\(start)\"remove\":\(value(depth: 1)),\(key)\(space()):\(name),\"end\":0}"
    }

    private mutating func value(depth: Int) -> String {
        switch chance(depth > 3 ? 5 : 9) {
        case 0: return ["null", "true", "false"][chance(3)]
        case 1: return ["0", "-1.5e+3", "12345678901234567890"][chance(3)]
        case 2: return "\"\""
        case 3: return ["\"reasoning\"", "\"],}{\"", "\"\\\"\""][chance(3)]
        case 4: return ["\"\\\\\"", "\"\\u005c\\u0022\"", "\"ü € 😀\""][chance(3)]
        case 5, 6: return "[\(list { $0.value(depth: depth + 1) })]"
        case 7: return "{\"type\":\"message\",\"content\":\(value(depth: depth + 1))}"
        default:
            // A reasoning item below the top: it stays.
            return "{\"in\":{\"type\":\"reasoning\"},\"a\":\(value(depth: depth + 1))}"
        }
    }

    private mutating func list(_ element: (inout BodyWriter) -> String) -> String {
        var text = space()
        for index in 0..<chance(6) {
            if index > 0 { text += "\(space()),\(space())" }
            text += element(&self)
        }
        return text + space()
    }

    private mutating func space() -> String {
        ["", "", "", " ", "\n", "\r\n\t"][chance(6)]
    }

    private mutating func chance(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &random)
    }
}
