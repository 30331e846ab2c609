/// Who runs a tool, and who pays, by its `type`. What is not listed is refused: a hosted tool
/// without a price (`code_interpreter`, `file_search`, `mcp`) would run at the operator's expense.
enum ToolType: UInt8, Sendable {
    /// Run by the client, or priced (`web_search`, `image_generation`).
    case allowed
    /// `shell`: run by the client only in a `local` environment, else in a rented container.
    case shell
    /// `tool_search`: run by the client only when its `execution` says so.
    case toolSearch
    case refused

    init(_ text: Span<UInt8>) {
        if text.equals("shell") {
            self = .shell
        } else if text.equals("tool_search") {
            self = .toolSearch
        } else {
            self = Self.isAllowed(text) ? .allowed : .refused
        }
    }

    private static func isAllowed(_ text: Span<UInt8>) -> Bool {
        text.equals("function") || text.equals("custom") || text.equals("namespace")
            || text.equals("local_shell") || text.equals("apply_patch")
            || text.equals("computer") || text.equals("computer_use_preview")
            || text.equals("image_generation") || isWebSearch(text)
    }

    /// `web_search`, `web_search_preview`, and either with a date (`web_search_2025_08_26`).
    private static func isWebSearch(_ text: Span<UInt8>) -> Bool {
        guard text.hasPrefix("web_search") else { return false }
        var rest = text.extracting(10..<text.count)
        if rest.hasPrefix("_preview") { rest = rest.extracting(8..<rest.count) }
        if rest.isEmpty { return true }
        // "_2025_08_26"
        guard rest.count == 11 else { return false }
        for index in 0..<11 {
            let isDivider = index == 0 || index == 5 || index == 8
            guard isDivider ? rest[index] == 0x5F : rest[index] &- 0x30 < 10 else { return false }
        }
        return true
    }
}
