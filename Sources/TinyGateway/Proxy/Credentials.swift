import Billing

/// The operator's credentials. A thread stays with one of them, because the upstream's prompt cache
/// knows it there.
final class Credentials {
    let all: [Credential]
    private let alarms: Alarms
    private let clock: () -> Timestamp

    init(_ all: [Credential], alarms: Alarms, clock: @escaping () -> Timestamp) {
        precondition(!all.isEmpty, "the configuration names at least one credential")
        self.all = all
        self.alarms = alarms
        self.clock = clock
    }

    /// The credential for a request: its thread's own, unless that one rests and another does not.
    /// - Parameters:
    ///   - thread: what the requests of a thread have in common.
    ///   - tried: credentials that have refused this request.
    /// - Returns: nil when all have refused it.
    func choose(thread: String, tried: [Credential]) -> Credential? {
        let now = clock()
        var choice = CredentialChoice(thread: thread)
        for place in all.indices {
            let candidate = all[place]
            if tried.contains(where: { $0 === candidate }) { continue }
            choice.offer(place, name: candidate.hash, restEnd: candidate.restEnd(at: now))
        }
        guard let place = choice.place else { return nil }
        return all[place]
    }

    /// To be called before a request is sent with `credential`. `then` comes once: at once when its
    /// token may be sent, else when a refresh has ended, with false when that has not helped.
    func ready(_ credential: Credential, then: @escaping (Bool) -> Void) {
        guard let login = credential.login else { return then(true) }
        login.ready(then: then)
    }

    /// It answered with a success.
    func succeeded(_ credential: Credential) {
        credential.succeeded(at: clock())
    }

    /// It was refused: it rests, so that others are asked first.
    /// - Parameters:
    ///   - status: 401 and the like, or 200 for a refusal inside an event stream.
    ///   - code: what the upstream called it, `error.code` or `error.type`, if it could be read.
    ///   - resetsAt: seconds since 1970, of a limit.
    func refused(_ credential: Credential, status: Int, code: String?, resetsAt: Int64?) {
        let refusal = CredentialRefusal(status: status, code: code)
        alarms.raise("managed credential refused", "\(credential.name): \(refusal.text)")
        credential.refused(refusal, resetsAt: resetsAt, at: clock())
    }

    /// To be called about once a second: refreshes what is due, and looks after the files.
    func tick() {
        for credential in all { credential.login?.tick() }
    }

    /// One row of `status` each.
    var facts: [(String, String)] {
        let now = clock()
        return all.map { ("credential " + $0.name, $0.text(at: now)) }
    }

    /// Calls `done` when no refresh is under way any more: new tokens that nobody wrote down would
    /// be the end of a login.
    func finish(_ done: @escaping () -> Void) {
        finish(from: 0, done)
    }

    private func finish(from place: Int, _ done: @escaping () -> Void) {
        guard place < all.count else { return done() }
        guard let login = all[place].login else { return finish(from: place + 1, done) }
        login.finish { self.finish(from: place + 1, done) }
    }

    func closeIdle() {
        for credential in all { credential.pool.closeIdle() }
    }
}
