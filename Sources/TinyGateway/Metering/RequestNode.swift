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
    case input
    /// An element of `input`. Some bring tools: `additional_tools`, `tool_search_output`.
    case inputItem
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
        case .inputItem: key.equals("tools") ? .tools : .ignored
        case .tool: tool(key)
        case .environment: key.equals("type") ? .environmentType : .ignored
        case .ignored, .model, .stream, .serviceTier, .maxOutputTokens, .promptCacheKey,
            .background, .conversation, .previousResponse, .prompt, .input, .tools, .toolType,
            .execution, .environmentType:
            .ignored
        }
    }

    /// The place of the elements of an array here.
    var element: RequestNode {
        switch self {
        case .input: .inputItem
        case .tools: .tool
        case .ignored, .body, .model, .stream, .serviceTier, .maxOutputTokens, .promptCacheKey,
            .background, .conversation, .previousResponse, .prompt, .inputItem, .tool, .toolType,
            .execution, .environment, .environmentType:
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
        return key.equals("prompt") ? .prompt : .ignored
    }

    private func tool(_ key: Span<UInt8>) -> RequestNode {
        if key.equals("type") { return .toolType }
        if key.equals("execution") { return .execution }
        if key.equals("environment") { return .environment }
        // A `namespace` groups tools, which are checked like any other.
        return key.equals("tools") ? .tools : .ignored
    }
}
