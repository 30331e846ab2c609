/// What a socket waits for besides bytes to read: that the kernel takes what it did not take at
/// once, or that a connection is made.
final class SocketWaiting {
    let connected: ((SocketStream, Int32) -> Void)?
    private var pieces: [[UInt8]] = []
    /// Of the first piece, how much was sent.
    private var sent = 0
    /// What is to be sent yet.
    private(set) var byteCount = 0
    /// What lies in memory: a piece stays whole until its last byte was sent.
    private(set) var heldBytes = 0

    init(connected: ((SocketStream, Int32) -> Void)? = nil) {
        self.connected = connected
    }

    func append(_ piece: [UInt8]) {
        pieces.append(piece)
        byteCount += piece.count
        heldBytes += piece.count
    }

    /// Lends what is to be sent next.
    func withFirst(_ send: (Span<UInt8>) -> Int) -> Int {
        let piece = pieces[0]
        return send(piece.span.extracting(sent..<piece.count))
    }

    /// `count` bytes of the first piece were sent.
    /// - Returns: how much memory is free again.
    func drop(_ count: Int) -> Int {
        sent += count
        byteCount -= count
        guard sent == pieces[0].count else { return 0 }
        heldBytes -= sent
        defer { sent = 0 }
        return pieces.removeFirst().count
    }
}
