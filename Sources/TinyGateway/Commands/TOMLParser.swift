/// Parses the documented subset of TOML 1.0 that the configuration is written in: `[table]`,
/// `[dotted.table]`, `[[array of tables]]`, `key = value` with basic and literal strings, integers
/// (`_` between digits), booleans, arrays over any number of lines, inline tables, comments.
///
/// Left out, each with a sentence that says what to write instead: dotted keys in assignments,
/// floats, dates, multi-line strings, integers in another base. No value here needs them.
struct TOMLParser {
    private var reader: TOMLReader
    private let root = TOMLTable(line: 1, isDefined: true)

    /// - Throws: `ConfigurationError.syntax` or `.duplicateKey`, with the line.
    static func parse(_ bytes: [UInt8]) throws(ConfigurationError) -> TOMLTable {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw .syntax(line: 1, explanation: "the file is not UTF-8 text")
        }
        var parser = TOMLParser(reader: TOMLReader(bytes))
        try parser.parseLines()
        return parser.root
    }

    private init(reader: TOMLReader) {
        self.reader = reader
    }

    private mutating func parseLines() throws(ConfigurationError) {
        var table = root
        var name = ""
        while true {
            try reader.skipBlank(acrossLines: true)
            guard let byte = reader.peek else { return }
            if byte == UInt8(ascii: "[") {
                (table, name) = try parseHeader()
            } else {
                try parseAssignment(into: table, name: name)
            }
            try reader.expectLineEnd()
        }
    }

    /// `[a.b]` or `[[a.b]]`: the table that the following lines belong to, and its full name.
    private mutating func parseHeader() throws(ConfigurationError) -> (TOMLTable, String) {
        let line = reader.line
        reader.advance()
        let isArray = reader.take(UInt8(ascii: "["))
        var names: [String] = []
        repeat {
            try reader.skipBlank(acrossLines: false)
            names.append(try reader.key())
            try reader.skipBlank(acrossLines: false)
        } while reader.take(UInt8(ascii: "."))
        let closed = reader.take(UInt8(ascii: "]")) && (!isArray || reader.take(UInt8(ascii: "]")))
        guard closed else {
            throw .syntax(
                line: line,
                explanation:
                    "the table's name is not closed; write \(isArray ? "[[name]]" : "[name]")"
            )
        }
        var parent = root
        for index in names.indices.dropLast() {
            parent = try descend(from: parent, names: names, index: index, line: line)
        }
        let full = names.joined(separator: ".")
        let table =
            isArray
            ? try addToArray(names[names.count - 1], of: parent, full: full, line: line)
            : try define(names[names.count - 1], of: parent, full: full, line: line)
        return (table, full)
    }

    private func descend(
        from table: TOMLTable, names: [String], index: Int, line: Int
    ) throws(ConfigurationError) -> TOMLTable {
        guard let entry = table.entry(names[index]) else {
            return add(names[index], to: table, line: line, isDefined: false)
        }
        switch entry.value.content {
        case .table(let next): return next
        case .tables(let tables): return tables[tables.count - 1]
        case .string, .integer, .boolean, .array:
            let name = names[...index].joined(separator: ".")
            throw .duplicateKey(line: line, key: name, first: entry.line)
        }
    }

    private func define(
        _ name: String, of parent: TOMLTable, full: String, line: Int
    ) throws(ConfigurationError) -> TOMLTable {
        guard let entry = parent.entry(name) else {
            return add(name, to: parent, line: line, isDefined: true)
        }
        guard case .table(let table) = entry.value.content, !table.isDefined else {
            throw .duplicateKey(line: line, key: full, first: entry.line)
        }
        table.isDefined = true
        return table
    }

    private func addToArray(
        _ name: String, of parent: TOMLTable, full: String, line: Int
    ) throws(ConfigurationError) -> TOMLTable {
        let table = TOMLTable(line: line, isDefined: true)
        guard let entry = parent.entry(name) else {
            let value = TOMLValue(line: line, content: .tables([table]))
            parent.append(TOMLEntry(key: name, line: line, value: value))
            return table
        }
        guard case .tables = entry.value.content else {
            throw .duplicateKey(line: line, key: full, first: entry.line)
        }
        parent.append(table, toArray: name)
        return table
    }

    private func add(
        _ name: String, to parent: TOMLTable, line: Int, isDefined: Bool
    ) -> TOMLTable {
        let table = TOMLTable(line: line, isDefined: isDefined)
        let value = TOMLValue(line: line, content: .table(table))
        parent.append(TOMLEntry(key: name, line: line, value: value))
        return table
    }

    private mutating func parseAssignment(
        into table: TOMLTable, name: String
    ) throws(ConfigurationError) {
        let prefix = name.isEmpty ? "" : name + "."
        let entry = try reader.assignment(prefix: prefix)
        if let first = table.entry(entry.key) {
            throw .duplicateKey(line: entry.line, key: prefix + entry.key, first: first.line)
        }
        table.append(entry)
    }
}
