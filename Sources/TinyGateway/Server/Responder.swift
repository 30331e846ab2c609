/// Chooses who answers a request. One for each listener.
protocol RequestRouter: AnyObject {
    /// Called once for each head. The responder is kept until the answer has ended or the client
    /// has left.
    func route(_ head: RequestHead, on connection: ServerConnection) -> any Responder
}

/// Answers one request. All calls come on the loop.
protocol Responder: AnyObject {
    /// A piece of the request's content, its transfer coding removed. Lent for the length of the
    /// call.
    func receive(_ content: Span<UInt8>)
    /// The request's content is complete.
    func receiveEnd()
    /// Everything that waited for the client has been taken by the kernel.
    func drained()
    /// The client is gone; the connection takes nothing more.
    func clientLeft()
}
