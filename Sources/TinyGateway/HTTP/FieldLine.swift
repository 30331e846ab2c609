/// One field line (RFC 9112 5): `name ":" OWS value OWS`.
enum FieldLine {
    /// - Parameter line: Not empty, free of control characters, within `bytes`.
    static func parse(
        _ line: Range<Int>, in bytes: Span<UInt8>, names: FieldNameTable
    ) throws(HTTPError) -> Fields.Entry {
        // A line that begins with white space continues the one before it (obs-fold, 5.2).
        if Syntax.isOptionalSpace(bytes[line.lowerBound]) { throw .foldedField }
        var colon = line.lowerBound
        while colon < line.upperBound, Syntax.isToken(bytes[colon]) { colon += 1 }
        guard colon < line.upperBound else { throw .missingColon }
        guard bytes[colon] == Syntax.colon else {
            throw Syntax.isOptionalSpace(bytes[colon]) ? .spaceBeforeColon : .invalidFieldName
        }
        let name = line.lowerBound..<colon
        guard !name.isEmpty else { throw .invalidFieldName }
        let value = Syntax.trimmed(colon + 1..<line.upperBound, in: bytes)
        return Fields.Entry(
            name: names.find(bytes.extracting(name)),
            nameStart: UInt32(name.lowerBound), nameEnd: UInt32(name.upperBound),
            valueStart: UInt32(value.lowerBound), valueEnd: UInt32(value.upperBound))
    }

    /// `content_length` is `Content-Length` to software that maps both to one variable (CGI), so a
    /// name with `_` smuggles past whoever looks at names. No client of ours sends one.
    static func isAmbiguous(_ entry: Fields.Entry, in bytes: Span<UInt8>) -> Bool {
        for index in entry.nameRange where bytes[index] == 0x5F { return true }
        return false
    }
}
