/// Why a request may not run on the operator's account, in order of precedence: one that breaks
/// several rules always reports the first.
enum RequestRefusal: Equatable, Sendable {
    case malformed
    case background
    case conversation
    case previousResponse
    case storedPrompt
    case itemReference
    case storedFile
    /// A tool of this type; empty when its type was unreadable.
    case hostedTool(String)

    /// The sentence that the customer is told.
    var sentence: String {
        switch self {
        case .malformed:
            "The request body is not a JSON object. Please send valid JSON."
        case .background:
            "Background responses are not available here. Please leave out `background`."
        case .conversation:
            "Stored conversations are not available here. Please send the whole input instead of "
                + "`conversation`."
        case .previousResponse:
            "Stored responses are not available here. Please send the whole input instead of "
                + "`previous_response_id`."
        case .storedPrompt:
            "Stored prompts are not available here. Please send the text instead of `prompt`."
        case .itemReference:
            "Stored items are not available here. Please send each item of `input` itself instead "
                + "of an `item_reference`."
        case .storedFile:
            "Stored files are not available here. Please send the content itself instead of "
                + "`file_id`."
        case .hostedTool(let name):
            "The tool type `\(name)` is not available here. Please remove it from `tools`."
        }
    }
}
