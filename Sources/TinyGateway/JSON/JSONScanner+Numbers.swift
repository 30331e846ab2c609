extension JSONScanner {
    @inline(__always)
    mutating func continueNumber(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var at = start
        while at < end, number.take(bytes[at]) { at += 1 }
        if at < end { finishNumber() }
        return at
    }

    /// Something that does not belong to the number follows.
    mutating func finishNumber() {
        if let scalar = number.scalar { finish(scalar) } else { place = .failed }
    }
}
