/// Reads the keys of one table with their types; what is absent takes the default given.
struct ConfigurationSection {
    private let table: TOMLTable
    /// The table's full name, "server.tls".
    let name: String
    private let keys: [ConfigurationKey]

    /// - Throws: `.unknownKey` for the first entry that is neither in `keys` nor in `tables`.
    init(
        _ table: TOMLTable, name: String, keys: [ConfigurationKey], tables: [String] = []
    ) throws(ConfigurationError) {
        self.table = table
        self.name = name
        self.keys = keys
        let known = keys.map { $0.name } + tables
        for entry in table.entries where !known.contains(entry.key) {
            let nearest = Similarity.nearest(to: entry.key, among: known)
            throw .unknownKey(
                line: entry.line, key: path(entry.key), nearest: nearest.map { path($0) })
        }
    }

    /// The line of the table's header.
    var line: Int { table.line }

    /// The full name of a key, as messages show it.
    func path(_ key: String) -> String {
        name.isEmpty ? key : name + "." + key
    }

    func string(_ key: String, _ fallback: String) throws(ConfigurationError) -> String {
        try text(key)?.text ?? fallback
    }

    /// A string with its line, nil when absent.
    func text(_ key: String) throws(ConfigurationError) -> (text: String, line: Int)? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value.content else {
            throw wrongType(key, value, expected: "a string")
        }
        return (text, value.line)
    }

    func boolean(_ key: String, _ fallback: Bool) throws(ConfigurationError) -> Bool {
        guard let value = value(key) else { return fallback }
        guard case .boolean(let boolean) = value.content else {
            throw wrongType(key, value, expected: "true or false")
        }
        return boolean
    }

    /// An integer within `bounds`.
    func integer(
        _ key: String, _ fallback: Int, in bounds: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int {
        guard let value = value(key) else { return fallback }
        guard case .integer(let integer) = value.content else {
            throw wrongType(key, value, expected: "an integer")
        }
        guard integer >= Int64(bounds.lowerBound), integer <= Int64(bounds.upperBound) else {
            throw .badValue(
                line: value.line, key: path(key),
                explanation:
                    "\(integer) is out of bounds; it may be \(bounds.lowerBound) to "
                    + "\(bounds.upperBound)")
        }
        return Int(integer)
    }

    /// An array of strings, each with its line; nil when absent.
    func strings(_ key: String) throws(ConfigurationError) -> [(text: String, line: Int)]? {
        guard let value = value(key) else { return nil }
        guard case .array(let values) = value.content else {
            throw wrongType(key, value, expected: "an array of strings")
        }
        var strings: [(text: String, line: Int)] = []
        for element in values {
            guard case .string(let text) = element.content else {
                throw wrongType(key, element, expected: "a string inside the array")
            }
            strings.append((text, element.line))
        }
        return strings
    }

    /// A table inside this one; an empty one when absent.
    func table(_ key: String) throws(ConfigurationError) -> TOMLTable {
        guard let value = table.entry(key)?.value else { return TOMLTable(line: line) }
        guard case .table(let inner) = value.content else {
            throw .wrongType(
                line: value.line, key: path(key), expected: "a table", found: value.kind,
                example: "[\(path(key))]")
        }
        return inner
    }

    /// The tables written as `[[name.key]]`.
    func tables(_ key: String) throws(ConfigurationError) -> [TOMLTable] {
        guard let value = table.entry(key)?.value else { return [] }
        guard case .tables(let tables) = value.content else {
            throw .wrongType(
                line: value.line, key: path(key), expected: "an array of tables",
                found: value.kind, example: "[[\(path(key))]]")
        }
        return tables
    }

    /// The line of a key, or the table's when the key is absent.
    func line(of key: String) -> Int {
        table.entry(key)?.value.line ?? line
    }

    func value(_ key: String) -> TOMLValue? {
        precondition(keys.contains { $0.name == key }, "a key is read that the list lacks")
        return table.entry(key)?.value
    }

    func wrongType(_ key: String, _ value: TOMLValue, expected: String) -> ConfigurationError {
        let example = keys.first { $0.name == key }?.value ?? "\"\""
        return .wrongType(
            line: value.line, key: path(key), expected: expected, found: value.kind,
            example: "\(key) = \(example)")
    }

    func badValue(_ key: String, line: Int? = nil, _ explanation: String) -> ConfigurationError {
        .badValue(line: line ?? self.line(of: key), key: path(key), explanation: explanation)
    }
}
