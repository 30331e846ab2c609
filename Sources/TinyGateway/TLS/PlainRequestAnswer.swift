/// What a client is told that speaks plain HTTP to a port of TLS. Its request is not read: it may
/// hold a token, which has travelled in clear.
enum PlainRequestAnswer {
    private static let sentence =
        "This port speaks TLS: use https://. A token that was sent here has travelled in clear "
        + "and should be replaced.\n"

    static var bytes: [UInt8] {
        Array(
            ("HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
                + "content-length: \(sentence.utf8.count)\r\nconnection: close\r\n\r\n"
                + sentence).utf8)
    }
}
