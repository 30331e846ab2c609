import Billing

/// What an upstream that refuses says: in an event before any output, or in the document of a
/// status that is no success.
struct HandshakeRefusal: Equatable, Sendable {
    /// What to decide by: whichever of `type` and `code` is a `RefusalCode`, else the code, else
    /// the type. Never empty.
    let code: String
    /// `error.type` of a document as it stands there, empty when it has none; empty for an event.
    let type: String
    /// Seconds since 1970.
    let resetsAt: Int64?
    /// Seconds from now.
    let resetsIn: Int64?

    init(code: String, type: String = "", resetsAt: Int64? = nil, resetsIn: Int64? = nil) {
        self.code = code
        self.type = type
        self.resetsAt = resetsAt
        self.resetsIn = resetsIn
    }

    /// Reads `{"error":{"type":..,"code":..,"resets_at":..,"resets_in_seconds":..}}`, or the same
    /// below `detail`, as the ChatGPT upstream writes some. `nil` when the document is none, or
    /// names neither type nor code.
    init?(document: [UInt8]) {
        guard
            let value = try? JSONReader.read(document, bytesMax: Limits.upstreamErrorBytes),
            let error = value["error"]?.members == nil ? value["detail"] : value["error"]
        else { return nil }
        let type = error["type"]?.string ?? ""
        let code = error["code"]?.string ?? ""
        let known = RefusalCode(type.utf8.span) ?? RefusalCode(code.utf8.span)
        let decisive = known?.name ?? (code.isEmpty ? type : code)
        guard !decisive.isEmpty else { return nil }
        self.init(
            code: decisive, type: type, resetsAt: Self.time(error["resets_at"]),
            resetsIn: Self.time(error["resets_in_seconds"]))
    }

    private static func time(_ value: JSONValue?) -> Int64? {
        guard let seconds = value?.integer, seconds >= 0 else { return nil }
        // Sums of it and the present stay numbers.
        return min(seconds, Usage.countMax)
    }
}
