/// What a socket waits for besides bytes to read: that the kernel takes what it did not take at
/// once, or that a connection is made.
final class SocketWaiting {
    let connected: ((SocketStream, Int32) -> Void)?
    private var pieces: [[UInt8]] = []
    /// Of the first piece, how much was sent.
    private var sent = 0
    private(set) var byteCount = 0

    init(connected: ((SocketStream, Int32) -> Void)? = nil) {
        self.connected = connected
    }

    func append(_ piece: [UInt8]) {
        pieces.append(piece)
        byteCount += piece.count
    }

    /// Lends what is to be sent next.
    func withFirst(_ send: (Span<UInt8>) -> Int) -> Int {
        let piece = pieces[0]
        return send(piece.span.extracting(sent..<piece.count))
    }

    /// `count` bytes of the first piece were sent.
    func drop(_ count: Int) {
        sent += count
        byteCount -= count
        guard sent == pieces[0].count else { return }
        pieces.removeFirst()
        sent = 0
    }
}
