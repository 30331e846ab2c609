/// What an event of the Responses API means to the meter, by its top-level `type`.
enum ResponseEventKind: UInt8, Sendable {
    case other
    /// `*.delta`: a piece of output.
    case delta
    case itemAdded
    case itemDone
    case completed
    case incomplete
    case failed
    /// `error`: the stream ends without a response object.
    case error

    init(type text: Span<UInt8>) {
        if text.hasSuffix(".delta") {
            self = .delta
            return
        }
        switch text.count {
        case 5: self = text.equals("error") ? .error : .other
        case 15: self = text.equals("response.failed") ? .failed : .other
        case 18: self = text.equals("response.completed") ? .completed : .other
        case 19: self = text.equals("response.incomplete") ? .incomplete : .other
        case 25: self = text.equals("response.output_item.done") ? .itemDone : .other
        case 26: self = text.equals("response.output_item.added") ? .itemAdded : .other
        default: self = .other
        }
    }

    /// The end that a terminal event brings.
    var end: ResponseEnd? {
        switch self {
        case .completed: .completed
        case .incomplete: .incomplete
        case .failed: .failed
        case .other, .delta, .itemAdded, .itemDone, .error: nil
        }
    }

    var isOutput: Bool {
        switch self {
        case .delta, .itemAdded, .itemDone, .completed, .incomplete, .failed: true
        case .other, .error: false
        }
    }
}
