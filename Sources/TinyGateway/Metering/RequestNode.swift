/// The places of a request body (OpenAI Responses API) that the meter looks at.
enum RequestNode: UInt8, Sendable {
    case ignored
    case body
    case model
    case stream
    case serviceTier
    case maxOutputTokens
    case promptCacheKey
    case background
    case conversation
    case previousResponse
    case prompt
    /// `n`, `quality` and `size` of a request for images.
    case imageCount
    case quality
    case size
    case input
    /// An element of `input`. Some bring tools: `additional_tools`, `tool_search_output`.
    case inputItem
    case itemType
    case itemID
    /// `content` or `output` of an input item, as an array or as one part; images to be edited.
    case parts
    case part
    case fileID
    case tools
    case tool
    case toolType
    case execution
    case environment
    case environmentType

    /// The place of the member `key` of an object here.
    func member(_ key: Span<UInt8>) -> RequestNode {
        switch self {
        case .body: body(key)
        case .inputItem: inputItem(key)
        case .parts, .part: key.equals("file_id") ? .fileID : .ignored
        case .tool: tool(key)
        case .environment: key.equals("type") ? .environmentType : .ignored
        case .ignored, .model, .stream, .serviceTier, .maxOutputTokens, .promptCacheKey,
            .background, .conversation, .previousResponse, .prompt, .imageCount, .quality, .size,
            .input, .itemType, .itemID, .fileID, .tools, .toolType, .execution, .environmentType:
            .ignored
        }
    }

    /// Its name means something else in a request for images: a text, a kind of background.
    var isOtherOfImages: Bool { self == .prompt || self == .background }

    /// The place of the elements of an array here.
    var element: RequestNode {
        switch self {
        case .input: .inputItem
        case .tools: .tool
        case .parts: .part
        case .ignored, .body, .model, .stream, .serviceTier, .maxOutputTokens, .promptCacheKey,
            .background, .conversation, .previousResponse, .prompt, .imageCount, .quality, .size,
            .inputItem, .itemType, .itemID, .part, .fileID, .tool, .toolType, .execution,
            .environment, .environmentType:
            .ignored
        }
    }

    private func body(_ key: Span<UInt8>) -> RequestNode {
        if key.equals("input") { return .input }
        if key.equals("tools") { return .tools }
        if key.equals("model") { return .model }
        if key.equals("stream") { return .stream }
        if key.equals("service_tier") { return .serviceTier }
        if key.equals("max_output_tokens") { return .maxOutputTokens }
        if key.equals("prompt_cache_key") { return .promptCacheKey }
        if key.equals("background") { return .background }
        if key.equals("conversation") { return .conversation }
        if key.equals("previous_response_id") { return .previousResponse }
        if key.equals("n") { return .imageCount }
        if key.equals("quality") { return .quality }
        if key.equals("size") { return .size }
        // Of `images/edits`, which may name files too.
        if key.equals("images") || key.equals("mask") { return .parts }
        return key.equals("prompt") ? .prompt : .ignored
    }

    private func inputItem(_ key: Span<UInt8>) -> RequestNode {
        if key.equals("type") { return .itemType }
        if key.equals("id") { return .itemID }
        if key.equals("content") || key.equals("output") { return .parts }
        return key.equals("tools") ? .tools : .ignored
    }

    private func tool(_ key: Span<UInt8>) -> RequestNode {
        if key.equals("type") { return .toolType }
        if key.equals("execution") { return .execution }
        if key.equals("environment") { return .environment }
        if key.equals("input_image_mask") { return .part }
        // A `namespace` groups tools, which are checked like any other.
        return key.equals("tools") ? .tools : .ignored
    }
}
