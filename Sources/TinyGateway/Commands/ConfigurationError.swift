/// What is wrong with a configuration file. Every case becomes one sentence that names the file,
/// the line, the key and what would be right.
enum ConfigurationError: Error, Equatable {
    /// The file cannot be read at all.
    case unreadable(reason: String)
    case syntax(line: Int, explanation: String)
    case duplicateKey(line: Int, key: String, first: Int)
    case unknownKey(line: Int, key: String, nearest: String?)
    case wrongType(line: Int, key: String, expected: String, found: String, example: String)
    case badValue(line: Int, key: String, explanation: String)

    func message(file: String) -> String {
        switch self {
        case .unreadable(let reason):
            "\(file): \(reason)"
        case .syntax(let line, let explanation):
            "\(file):\(line): \(explanation)"
        case .duplicateKey(let line, let key, let first):
            "\(file):\(line): \(key) is already set on line \(first); keep one of the two"
        case .unknownKey(let line, let key, let nearest):
            if let nearest {
                "\(file):\(line): \(key) is not a key; did you mean \(nearest)?"
            } else {
                "\(file):\(line): \(key) is not a key; `tinygateway init --print` shows all keys"
            }
        case .wrongType(let line, let key, let expected, let found, let example):
            "\(file):\(line): \(key) is \(found) where \(expected) belongs, for example \(example)"
        case .badValue(let line, let key, let explanation):
            "\(file):\(line): \(key): \(explanation)"
        }
    }
}
