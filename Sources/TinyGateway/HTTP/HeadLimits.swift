/// The bounds that a head's parser enforces while it reads.
struct HeadLimits: Sendable {
    /// Bytes of the head, blank line included.
    var bytes: Int
    /// Field lines.
    var fields: Int
    /// The largest Content-Length.
    var contentBytes: Int

    init(bytes: Int, fields: Int, contentBytes: Int = .max) {
        precondition(bytes < Int(Int32.max), "a field's place in its head is kept in 32 bits")
        self.bytes = bytes
        self.fields = fields
        self.contentBytes = contentBytes
    }

    static func request(_ limits: Limits) -> HeadLimits {
        HeadLimits(
            bytes: limits.headBytes, fields: limits.headFields, contentBytes: limits.bodyBytes)
    }

    /// An upstream's answer may be of any length: it is relayed, never held.
    static func response(_ limits: Limits) -> HeadLimits {
        HeadLimits(bytes: Limits.responseHeadBytes, fields: limits.headFields)
    }
}
