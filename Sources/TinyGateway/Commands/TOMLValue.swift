/// A value of the configuration file and the line it begins on.
struct TOMLValue {
    let line: Int
    let content: Content

    enum Content {
        case string(String)
        case integer(Int64)
        case boolean(Bool)
        case array([TOMLValue])
        case table(TOMLTable)
        /// What `[[name]]` adds up to.
        case tables([TOMLTable])
    }

    /// What it is, for messages: "an integer".
    var kind: String {
        switch content {
        case .string: "a string"
        case .integer: "an integer"
        case .boolean: "a boolean"
        case .array: "an array"
        case .table: "a table"
        case .tables: "an array of tables"
        }
    }
}
