/// Fields whose value is a list with commas, perhaps spread over several lines (RFC 9110 5.6.1).
extension Fields {
    /// Whether one of the list's members is this token.
    ///
    /// - Parameter token: In lower case; the field's case does not count.
    func contains(token: String, in name: FieldName) -> Bool {
        anyMember(of: name) { Syntax.equalsIgnoringCase($0, token) }
    }

    /// Whether the field at `index` belongs to this hop alone: by its name, or because a
    /// Connection field names it (RFC 9110 7.6.1).
    func isHopByHop(at index: Int) -> Bool {
        if FieldNameSet.hopByHop.contains(name(at: index)) { return true }
        guard contains(.connection) else { return false }
        let own = bytes.span.extracting(nameRange(at: index))
        return anyMember(of: .connection) { Syntax.equalsIgnoringCase($0, own) }
    }

    /// Empty members do not count (RFC 9110 5.6.1.2).
    private func anyMember(of name: FieldName, where matches: (Span<UInt8>) -> Bool) -> Bool {
        guard contains(name) else { return false }
        let all = bytes.span
        for index in indices where self.name(at: index) == name {
            let value = valueRange(at: index)
            var start = value.lowerBound
            while start < value.upperBound {
                var end = start
                while end < value.upperBound, all[end] != Syntax.comma { end += 1 }
                let member = Syntax.trimmed(start..<end, in: all)
                if !member.isEmpty, matches(all.extracting(member)) { return true }
                start = end + 1
            }
        }
        return false
    }
}
