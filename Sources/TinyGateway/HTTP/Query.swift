/// The parameters of a request's query: `name=value&name=value`, percent-encoded.
struct Query: Sendable {
    private let pairs: [(name: String, value: String)]

    /// - Parameter text: Without the question mark; `nil` for a target without a query.
    init(_ text: String?) {
        guard let text, !text.isEmpty else {
            pairs = []
            return
        }
        var pairs: [(name: String, value: String)] = []
        for part in text.utf8.split(separator: 0x26) {
            let bytes = [UInt8](part)
            let equals = bytes.firstIndex(of: 0x3D) ?? bytes.count
            let valueStart = min(equals + 1, bytes.count)
            pairs.append((Self.decode(bytes[..<equals]), Self.decode(bytes[valueStart...])))
        }
        self.pairs = pairs
    }

    func has(_ name: String) -> Bool {
        pairs.contains { $0.name == name }
    }

    /// The first value of this name; empty when it was given without one.
    func value(_ name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// A percent sign without two hexadecimal digits stands for itself.
    private static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x25, index + 2 < bytes.endIndex,
                let high = Syntax.hexValue(bytes[index + 1]),
                let low = Syntax.hexValue(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(byte == 0x2B ? Syntax.space : byte)
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
