/// The places of an event, or of a response document, that the meter looks at.
enum ResponseNode: UInt8, Sendable {
    case ignored
    /// The object of one event of a stream.
    case event
    case type
    case eventCode
    /// `response` of an event; of a document, the document.
    case response
    case responseID
    case model
    case serviceTier
    case status
    case error
    case errorCode
    case errorType
    /// When the quota that is used up comes back, beside the code of the error.
    case resetsAt
    case resetsIn
    case incompleteDetails
    case incompleteReason
    case usage
    case input
    case inputDetails
    case cached
    case cacheWrite
    case output
    case outputDetails
    case reasoning
    case toolUsage
    case webSearch
    case searches
    /// `output` of a document.
    case items
    /// One output item: `item` of an event, an element of `output` of a document.
    case item
    case itemType
    case itemID
    case itemStatus
    case itemModel
    case itemQuality
    case itemSize
    case action
    case actionType
    /// The answer of an image endpoint.
    case imageAnswer
    /// `data` of such an answer.
    case imageList
    case image

    /// The place of the member `key` of an object here.
    @inline(__always)
    func member(_ key: Span<UInt8>, in mode: UsageMeter.Mode) -> ResponseNode {
        // Most keys are those of delta events: told apart by their length alone.
        guard self == .event else { return inner(key, in: mode) }
        switch key.count {
        case 4:
            if key.equals("type") { return .type }
            if key.equals("item") { return .item }
            return key.equals("code") ? .eventCode : .ignored
        case 5: return key.equals("error") ? .error : .ignored
        case 8: return key.equals("response") ? .response : .ignored
        case 9, 17: return error(key)
        default: return .ignored
        }
    }

    private func inner(_ key: Span<UInt8>, in mode: UsageMeter.Mode) -> ResponseNode {
        switch self {
        case .response: response(key, isDocument: mode == .document)
        case .usage, .inputDetails, .outputDetails: usage(key)
        case .item, .action: item(key)
        case .error: error(key)
        // It names model, quality and size as an item does.
        case .imageAnswer: key.equals("data") ? .imageList : item(key)
        case .incompleteDetails: key.equals("reason") ? .incompleteReason : .ignored
        case .toolUsage: key.equals("web_search") ? .webSearch : .ignored
        case .webSearch: key.equals("num_requests") ? .searches : .ignored
        case .ignored, .event, .type, .eventCode, .responseID, .model, .serviceTier, .status,
            .errorCode, .errorType, .resetsAt, .resetsIn, .incompleteReason, .input, .cached,
            .cacheWrite, .output, .reasoning, .searches, .items, .itemType, .itemID, .itemStatus,
            .itemModel, .itemQuality, .itemSize, .actionType, .imageList, .image:
            .ignored
        }
    }

    private func response(_ key: Span<UInt8>, isDocument: Bool) -> ResponseNode {
        if key.equals("id") { return .responseID }
        if key.equals("model") { return .model }
        if key.equals("service_tier") { return .serviceTier }
        if key.equals("usage") { return .usage }
        if key.equals("tool_usage") { return .toolUsage }
        if key.equals("error") { return .error }
        if key.equals("incomplete_details") { return .incompleteDetails }
        // An event's kind says how it ends, and its items came in events of their own.
        if isDocument && key.equals("status") { return .status }
        if isDocument && key.equals("output") { return .items }
        return .ignored
    }

    private func error(_ key: Span<UInt8>) -> ResponseNode {
        if key.equals("resets_at") { return .resetsAt }
        if key.equals("resets_in_seconds") { return .resetsIn }
        if key.equals("code") { return .errorCode }
        return key.equals("type") ? .errorType : .ignored
    }

    private func usage(_ key: Span<UInt8>) -> ResponseNode {
        if self == .usage {
            if key.equals("input_tokens") { return .input }
            if key.equals("output_tokens") { return .output }
            if key.equals("input_tokens_details") { return .inputDetails }
            return key.equals("output_tokens_details") ? .outputDetails : .ignored
        }
        if self == .inputDetails {
            if key.equals("cached_tokens") { return .cached }
            return key.equals("cache_write_tokens") ? .cacheWrite : .ignored
        }
        return key.equals("reasoning_tokens") ? .reasoning : .ignored
    }

    private func item(_ key: Span<UInt8>) -> ResponseNode {
        if self == .action { return key.equals("type") ? .actionType : .ignored }
        if key.equals("type") { return .itemType }
        if key.equals("id") { return .itemID }
        if key.equals("status") { return .itemStatus }
        if key.equals("model") { return .itemModel }
        if key.equals("quality") { return .itemQuality }
        if key.equals("size") { return .itemSize }
        return key.equals("action") ? .action : .ignored
    }
}
