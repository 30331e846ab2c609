import Testing

/// A broken rule of the house: where, what, and what to do about it.
struct HouseFault: CustomStringConvertible {
    let path: String
    /// From 1 on; 0 for the file as a whole.
    let line: Int
    let what: String
    let remedy: String

    var description: String { "\(path):\(line): \(what); \(remedy)" }

    /// Fails the test once for each fault, in the words of the fault.
    static func report(_ faults: [HouseFault]) {
        for fault in faults {
            Issue.record(Comment(rawValue: fault.description))
        }
    }
}
