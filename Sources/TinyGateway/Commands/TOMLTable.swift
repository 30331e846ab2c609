/// A table of the configuration file: its entries in the order they were written.
///
/// A class, because `[billing]` may be added to by a later `[billing.price]` while the parser holds
/// it.
final class TOMLTable {
    /// The line of its header, 1 for the root.
    let line: Int
    /// Written as a header or inline, and not only as the prefix of another one's name. A second
    /// header of the same name is then a duplicate.
    var isDefined: Bool
    private(set) var entries: [TOMLEntry] = []

    init(line: Int, isDefined: Bool = false) {
        self.line = line
        self.isDefined = isDefined
    }

    func entry(_ key: String) -> TOMLEntry? {
        entries.first { $0.key == key }
    }

    /// Adds an entry whose key must be new.
    func append(_ entry: TOMLEntry) {
        precondition(self.entry(entry.key) == nil, "the parser refuses duplicates itself")
        entries.append(entry)
    }

    /// Adds one more table to the array of tables `key`, which must be one.
    func append(_ table: TOMLTable, toArray key: String) {
        guard let index = entries.firstIndex(where: { $0.key == key }),
            case .tables(let tables) = entries[index].value.content
        else { preconditionFailure("only an array of tables takes another table") }
        let value = TOMLValue(line: entries[index].line, content: .tables(tables + [table]))
        entries[index] = TOMLEntry(key: key, line: entries[index].line, value: value)
    }
}

/// `key = value`, or a table under its last name.
struct TOMLEntry {
    let key: String
    let line: Int
    let value: TOMLValue
}
