/// An answer of which the client knows nothing yet: a refusal that is read whole, or the beginning
/// of a stream. A class, because most exchanges never have one and all are kept for their length.
final class HeldAnswer {
    let head: ResponseHead
    /// As far as it came.
    var content: [UInt8] = []
    /// Of a stream: tells when it is an answer or a refusal.
    var handshake: HandshakeReader?
    /// What it turned out to be before the request was whole.
    var refusal: UpstreamRefusal?

    init(_ head: ResponseHead, isStream: Bool) {
        self.head = head
        handshake = isStream ? HandshakeReader() : nil
    }
}
