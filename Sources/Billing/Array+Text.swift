extension [UInt8] {
    /// Adds the bytes of a text.
    @inline(__always)
    mutating func append(text: String) {
        let text = text.utf8.span
        append(addingCapacity: text.count) { bytes in
            for index in text.indices { bytes.append(text[index]) }
        }
    }
}
