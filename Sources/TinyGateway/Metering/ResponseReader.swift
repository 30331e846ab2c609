/// Collects what one event, or one answer that is a document, says. Nothing of it counts before its
/// last brace: a document that breaks off, or repeats a key, must not leave a false usage behind.
struct ResponseReader: JSONVisitor {
    /// What is collected of `response`. A key given twice counts as its last value, as most
    /// readers of JSON take it.
    struct Pending: Sendable {
        var response = MeteredResponse()
        var statedSearches: Int64?
        var status: ResponseEnd?
    }

    /// What an error says. One that names a refusal once is a refusal: no reader may find what was
    /// not seen here.
    struct Refusal: Sendable {
        /// `code` or `type` of the error.
        var code: RefusalCode?
        /// `code` of the event itself, which means something in an `error` event only.
        var eventCode: RefusalCode?
        var resetsAt: Int64?
        var resetsIn: Int64?
    }

    static var ignored: ResponseNode { .ignored }

    let mode: UsageMeter.Mode
    private(set) var kind = ResponseEventKind.other
    private(set) var pending = Pending()
    private(set) var refusal = Refusal()
    /// The item of the event; model, quality and size of an image answer.
    private(set) var item = OutputItem()
    /// Items of a document; those of events are counted by the meter.
    private(set) var counter = ItemCounter()
    /// Objects in `data` of an image answer.
    private(set) var images: Int64 = 0
    private var isImageObject = false
    /// `pending`, `refusal` or `item` holds something.
    private var isUsed = false

    init(mode: UsageMeter.Mode) {
        self.mode = mode
    }

    var root: ResponseNode {
        switch mode {
        case .eventStream: .event
        case .document: .response
        case .images: .imageAnswer
        case .search: .ignored
        }
    }

    /// Forgets the event.
    @inline(__always)
    mutating func reset() {
        kind = .other
        if isUsed {
            pending = Pending()
            refusal = Refusal()
            item = OutputItem()
            isUsed = false
        }
    }

    @inline(__always)
    mutating func member(of parent: ResponseNode, key: Span<UInt8>) -> ResponseNode {
        parent.member(key, in: mode)
    }

    mutating func element(of parent: ResponseNode) -> ResponseNode {
        switch parent {
        case .items: return .item
        case .imageList: return .image
        default:
            // An array where an image should be.
            if parent == .image { isImageObject = false }
            return .ignored
        }
    }

    mutating func opened(_ node: ResponseNode) {
        guard node != .event else { return }
        isUsed = true
        switch node {
        case .input, .output, .cached, .cacheWrite, .reasoning, .searches:
            count(.oddNumber, at: node)
        case .image: isImageObject = true
        default: forget(node)
        }
    }

    mutating func closed(_ node: ResponseNode) {
        if node == .item && mode == .document { counter.count(item) }
        if node == .image && isImageObject { images += 1 }
    }

    mutating func tooDeep(_ node: ResponseNode) {}

    @inline(__always)
    mutating func string(_ text: Span<UInt8>, at node: ResponseNode) {
        if node == .type {
            kind = ResponseEventKind(type: text)
        } else {
            take(text, at: node)
        }
    }

    mutating func scalar(_ scalar: JSONScalar, at node: ResponseNode) {
        isUsed = true
        switch node {
        case .type: kind = .other
        case .input, .output, .cached, .cacheWrite, .reasoning, .searches: count(scalar, at: node)
        case .usage:
            forget(node)
            // A usage that is no object cannot be trusted to mean "nothing".
            if scalar != .null {
                pending.response.hasUsage = true
                pending.response.tokens.isOdd = true
            }
        case .resetsAt: if let time = natural(scalar) { refusal.resetsAt = time }
        case .resetsIn: if let time = natural(scalar) { refusal.resetsIn = time }
        case .ignored, .event, .eventCode, .response, .responseID, .model, .serviceTier, .status,
            .error, .errorCode, .errorType, .incompleteDetails, .incompleteReason, .inputDetails,
            .outputDetails, .toolUsage, .webSearch, .items, .item, .itemType, .itemID,
            .itemStatus, .itemModel, .itemQuality, .itemSize, .action, .actionType, .imageAnswer,
            .imageList, .image:
            forget(node)
        }
    }

    private func natural(_ scalar: JSONScalar) -> Int64? {
        guard case .integer(let value) = scalar, value >= 0 else { return nil }
        return value
    }

    /// What an earlier member of the same name said no longer counts.
    private mutating func forget(_ node: ResponseNode) {
        switch node {
        case .response: pending = Pending()
        case .usage:
            pending.response.hasUsage = false
            pending.response.tokens = TokenCounts()
        case .inputDetails:
            pending.response.tokens.cached = 0
            pending.response.tokens.cacheWrite = 0
        case .outputDetails: pending.response.tokens.reasoning = 0
        case .toolUsage, .webSearch: pending.statedSearches = nil
        case .items: counter = ItemCounter()
        case .item: item = OutputItem()
        case .action, .actionType: item.isOtherAction = false
        case .error, .errorCode, .eventCode: pending.response.errorCode = nil
        case .incompleteDetails, .incompleteReason: pending.response.incompleteReason = nil
        case .responseID: pending.response.responseID = nil
        case .model: pending.response.model = nil
        case .serviceTier: pending.response.serviceTier = nil
        case .status: pending.status = nil
        case .itemType: item.kind = .other
        case .itemID: item.identity = nil
        case .itemStatus: item.hasFailed = false
        case .itemModel: item.model = ""
        case .itemQuality: item.quality = ""
        case .itemSize: item.size = ""
        case .imageList: images = 0
        case .ignored, .event, .type, .input, .cached, .cacheWrite, .output, .reasoning,
            .searches, .errorType, .resetsAt, .resetsIn, .imageAnswer, .image:
            break
        }
    }

    private mutating func take(_ text: Span<UInt8>, at node: ResponseNode) {
        isUsed = true
        switch node {
        case .responseID: pending.response.responseID = String(copying: text)
        case .model: pending.response.model = String(copying: text)
        case .serviceTier: pending.response.serviceTier = String(copying: text)
        case .status: pending.status = end(status: text)
        case .errorCode:
            pending.response.errorCode = String(copying: text)
            refusal.code = refusal.code ?? RefusalCode(text)
        case .eventCode:
            pending.response.errorCode = String(copying: text)
            refusal.eventCode = refusal.eventCode ?? RefusalCode(text)
        case .errorType: refusal.code = refusal.code ?? RefusalCode(text)
        case .incompleteReason: pending.response.incompleteReason = String(copying: text)
        case .itemType: item.kind = OutputItem.Kind(type: text)
        case .itemID: item.identity = text.fingerprint()
        case .itemStatus:
            item.hasFailed =
                text.equals("failed") || text.equals("incomplete") || text.equals("cancelled")
        case .itemModel: item.model = OutputItem.name(text)
        case .itemQuality: item.quality = OutputItem.name(text)
        case .itemSize: item.size = OutputItem.name(text)
        case .actionType: item.isOtherAction = !text.equals("search")
        case .input, .output, .cached, .cacheWrite, .reasoning, .searches, .usage:
            scalar(.oddNumber, at: node)
        case .ignored, .event, .type, .response, .error, .incompleteDetails, .inputDetails,
            .outputDetails, .toolUsage, .webSearch, .items, .item, .action, .resetsAt, .resetsIn,
            .imageAnswer, .imageList, .image:
            forget(node)
        }
    }

    private func end(status text: Span<UInt8>) -> ResponseEnd? {
        if text.equals("completed") { return .completed }
        if text.equals("incomplete") { return .incomplete }
        return text.equals("failed") ? .failed : nil
    }

    /// A number of `usage` or `tool_usage`; `null` is as good as none.
    private mutating func count(_ scalar: JSONScalar, at node: ResponseNode) {
        var value: Int64 = 0
        switch scalar {
        case .integer(let number) where number >= 0: value = number
        case .null: break
        case .integer, .oddNumber, .bool, .longString: pending.response.tokens.isOdd = true
        }
        switch node {
        case .input: pending.response.tokens.input = value
        case .output: pending.response.tokens.output = value
        case .cached: pending.response.tokens.cached = value
        case .cacheWrite: pending.response.tokens.cacheWrite = value
        case .reasoning: pending.response.tokens.reasoning = value
        case .searches: pending.statedSearches = scalar == .null ? nil : value
        default: preconditionFailure("not a number of usage")
        }
        if node == .input || node == .output {
            pending.response.hasUsage = pending.response.hasUsage || scalar != .null
        }
    }
}
