/// Where access tokens are renewed.
enum TokenEndpoint {
    /// One request on a connection of its own.
    static func post(
        _ content: [UInt8], to pool: UpstreamPool,
        _ done: @escaping (Result<LoginServices.Answer, RefreshFault>) -> Void
    ) {
        let head = TokenRefresh.head(pool.origin, contentBytes: content.count)
        // What it waits for holds it.
        _ = UpstreamCall(
            to: pool, head: head, content: content, within: Limits.tokenRefreshSeconds,
            contentBytesMax: Limits.tokenAnswerBytes
        ) { result in
            switch result {
            case .success(let answer):
                done(.success(.init(status: answer.head.status, content: answer.content)))
            case .failure(.unreachable): done(.failure(.unreachable))
            case .failure: done(.failure(.unanswered))
            }
        }
    }
}
