/// Text that an upstream states and the ledger records: a response's id, a service tier.
public enum Fact {
    static let bytesMax = 256

    /// At most 256 bytes of it, cut where a character begins. An upstream's long-winded name must
    /// cost neither the charge nor the line.
    public static func bounded(_ text: String) -> String {
        let bytes = text.utf8.span
        if bytes.count <= bytesMax { return text }
        var end = bytesMax
        while end > 0 && bytes[end] & 0xc0 == 0x80 { end -= 1 }
        var kept: [UInt8] = []
        for index in 0..<end { kept.append(bytes[index]) }
        return String(decoding: kept, as: UTF8.self)
    }
}
