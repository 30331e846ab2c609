import Billing

/// What a balance's own chain says of one line.
struct LinkCheck {
    /// Where the line begins in the file.
    let line: Int64
    /// How many of its bytes the link covers.
    let byteCount: Int
    /// Of the balance's line before it.
    let previous: LinkHash
    /// As the line has it.
    let link: LinkHash

    /// - Parameter text: of the line.
    func holds(_ text: Span<UInt8>, _ builder: LineBuilder) -> Bool {
        builder.chained(previous, text.extracting(0..<byteCount)) == link
    }
}
