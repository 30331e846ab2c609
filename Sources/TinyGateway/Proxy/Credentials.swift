/// The operator's credentials. A thread stays with one of them, because the upstream's prompt cache
/// knows it there.
final class Credentials {
    let all: [Credential]

    init(_ all: [Credential]) {
        precondition(!all.isEmpty, "the configuration names at least one credential")
        self.all = all
    }

    /// The credential for a request.
    /// - Parameters:
    ///   - thread: what the requests of a thread have in common.
    ///   - tried: credentials that have refused this request.
    /// - Returns: nil when all have refused it.
    func choose(thread: String, tried: [Credential]) -> Credential? {
        all.first { candidate in !tried.contains { $0 === candidate } }
    }

    /// Makes sure that the credential's token has not expired. `then` comes at once, or after the
    /// refresh that is under way, with whether the credential can be used.
    func ready(_ credential: Credential, then: @escaping (Bool) -> Void) {
        then(true)
    }

    /// It answered with a success.
    func succeeded(_ credential: Credential) {}

    /// It was refused: it rests, so that others are asked first.
    /// - Parameters:
    ///   - status: 401 and the like, or 200 for a refusal inside an event stream.
    ///   - refusal: what the upstream said, if it could be read.
    func refused(_ credential: Credential, status: Int, code: String?, resetsAt: Int64?) {}

    func closeIdle() {
        for credential in all { credential.pool.closeIdle() }
    }
}
