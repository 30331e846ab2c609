/// Collects what a request body says. Of a member given twice the last value counts, except that
/// whatever is refused once stays refused: no reader upstream may find what was not seen here.
struct RequestReader: JSONVisitor {
    /// What is known of a tool whose object is still open.
    private struct OpenTool: Sendable {
        var isShell = false
        var isToolSearch = false
        var saidClient = false
        var saidOtherExecution = false
        var saidLocal = false
        var saidOtherEnvironment = false
    }

    /// What is known of an input item whose object is still open.
    private struct OpenItem: Sendable {
        var isTyped = false
        var hasID = false
        var hasContent = false

        /// The type of a reference may be left out: then an identity and nothing else makes one.
        var isReference: Bool { hasID && !isTyped && !hasContent }
    }

    static var ignored: RequestNode { .ignored }
    var root: RequestNode { .body }

    let isForImages: Bool
    private(set) var facts = RequestFacts()
    private(set) var hasBackground = false
    private(set) var hasConversation = false
    private(set) var hasPreviousResponse = false
    private(set) var hasStoredPrompt = false
    private(set) var hasItemReference = false
    private(set) var hasStoredFile = false
    /// The first type of tool that is refused.
    private(set) var refusedTool: String?
    /// Namespaces hold tools of their own, hence a stack.
    private var openTools: [OpenTool] = []
    private var openItem = OpenItem()

    init(isForImages: Bool) {
        self.isForImages = isForImages
    }

    /// The refusal that comes first in the order of `RequestRefusal`.
    var refusal: RequestRefusal? {
        if hasBackground { return .background }
        if hasConversation { return .conversation }
        if hasPreviousResponse { return .previousResponse }
        if hasStoredPrompt { return .storedPrompt }
        if hasItemReference { return .itemReference }
        if hasStoredFile { return .storedFile }
        if let refusedTool { return .hostedTool(refusedTool) }
        return nil
    }

    mutating func member(of parent: RequestNode, key: Span<UInt8>) -> RequestNode {
        let node = parent.member(key)
        // Until its value turns out to be none.
        if node == .parts { openItem.hasContent = true }
        return isForImages && node.isOtherOfImages ? .ignored : node
    }

    /// The text of an item is long, and none of the meter's business.
    func keepsText(at node: RequestNode) -> Bool { node != .parts }

    func element(of parent: RequestNode) -> RequestNode {
        parent.element
    }

    mutating func opened(_ node: RequestNode) {
        switch node {
        case .tool: openTools.append(OpenTool())
        case .inputItem: openItem = OpenItem()
        case .parts: break
        default: take(other: node)
        }
    }

    mutating func closed(_ node: RequestNode) {
        if node == .inputItem && openItem.isReference { hasItemReference = true }
        guard node == .tool, let tool = openTools.popLast() else { return }
        if tool.isShell && (!tool.saidLocal || tool.saidOtherEnvironment) { refuse("shell") }
        if tool.isToolSearch && (!tool.saidClient || tool.saidOtherExecution) {
            refuse("tool_search")
        }
    }

    mutating func tooDeep(_ node: RequestNode) {
        refuse("namespace")
    }

    mutating func string(_ text: Span<UInt8>, at node: RequestNode) {
        switch node {
        case .model: facts.model = String(copying: text)
        case .serviceTier: facts.serviceTier = String(copying: text)
        case .promptCacheKey: facts.promptCacheKey = String(copying: text)
        case .toolType: take(toolType: text)
        case .itemType:
            openItem.isTyped = true
            if text.equals("item_reference") { hasItemReference = true }
        case .quality: facts.quality = OutputItem.statedName(text)
        case .size: facts.size = OutputItem.statedName(text)
        case .execution where text.equals("client"): withOpenTool { $0.saidClient = true }
        case .environmentType where text.equals("local"): withOpenTool { $0.saidLocal = true }
        case .ignored, .body, .stream, .maxOutputTokens, .background, .conversation,
            .previousResponse, .prompt, .imageCount, .input, .inputItem, .itemID, .parts, .part,
            .fileID, .tools, .tool, .execution, .environment, .environmentType:
            take(other: node)
        }
    }

    mutating func scalar(_ scalar: JSONScalar, at node: RequestNode) {
        switch (node, scalar) {
        case (.stream, .bool(let value)): facts.isStream = value
        case (.maxOutputTokens, .integer(let value)):
            facts.maxOutputTokens = value > 0 ? value : nil
        case (.imageCount, .integer(let value)):
            facts.imageCount = value > 0 ? value : nil
        // `null` asks for nothing, and neither does `false`.
        case (.background, .bool(false)), (.background, .null), (.conversation, .null),
            (.previousResponse, .null), (.prompt, .null), (.fileID, .null):
            break
        default: take(other: node)
        }
    }

    /// A value at `node` of a kind that means nothing good there.
    private mutating func take(other node: RequestNode) {
        switch node {
        case .model: facts.model = nil
        case .stream: facts.isStream = false
        case .serviceTier: facts.serviceTier = nil
        case .maxOutputTokens: facts.maxOutputTokens = nil
        case .promptCacheKey: facts.promptCacheKey = nil
        case .background: hasBackground = true
        case .conversation: hasConversation = true
        case .previousResponse: hasPreviousResponse = true
        case .prompt: hasStoredPrompt = true
        case .imageCount: facts.imageCount = nil
        case .quality: facts.quality = nil
        case .size: facts.size = nil
        case .itemType: openItem.isTyped = false
        case .itemID: openItem.hasID = true
        case .parts: openItem.hasContent = false
        case .fileID: hasStoredFile = true
        case .tool, .toolType: refuse("")
        case .execution: withOpenTool { $0.saidOtherExecution = true }
        case .environmentType: withOpenTool { $0.saidOtherEnvironment = true }
        case .ignored, .body, .input, .inputItem, .part, .tools, .environment: break
        }
    }

    private mutating func take(toolType text: Span<UInt8>) {
        switch ToolType(text) {
        case .allowed: break
        case .shell: withOpenTool { $0.isShell = true }
        case .toolSearch: withOpenTool { $0.isToolSearch = true }
        case .refused: refuse(OutputItem.name(text))
        }
    }

    private mutating func withOpenTool(_ change: (inout OpenTool) -> Void) {
        precondition(!openTools.isEmpty, "a tool's member outside of a tool")
        change(&openTools[openTools.count - 1])
    }

    private mutating func refuse(_ tool: String) {
        if refusedTool == nil { refusedTool = tool }
    }
}
