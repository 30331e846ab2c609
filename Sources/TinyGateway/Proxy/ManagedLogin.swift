import Billing

/// The tokens of one `auth.json`: refreshed ahead of their expiry, one refresh at a time, and
/// written back. Whoever else writes the file is believed: Codex, or a new `codex login`.
final class ManagedLogin {
    private let name: String
    private let services: LoginServices
    private(set) var schedule: RefreshSchedule
    /// The value of `Authorization`, a secret.
    private(set) var authorization: String
    private(set) var accountID: String?
    private var tokens: CodexTokens
    private var lastRefresh: Timestamp?
    /// Requests that wait for the refresh under way.
    private var waiting: [(Bool) -> Void] = []

    private let file: AuthFile
    /// What the file held when it was last read or written, and the rest of it.
    private var tokensInFile: CodexTokens
    private var lastRefreshInFile: Timestamp?
    private var document: AuthDocument
    /// These tokens are newer than the file's.
    private var isUnwritten = false
    private var isWriting = false
    private var nextLook: Timestamp
    private var whenIdle: (() -> Void)?

    init(
        name: String, file: AuthFile, document: AuthDocument, tokens: CodexTokens,
        services: LoginServices
    ) {
        let now = services.clock()
        self.name = name
        self.file = file
        self.document = document
        self.tokens = tokens
        self.services = services
        tokensInFile = tokens
        lastRefresh = document.lastRefresh
        lastRefreshInFile = document.lastRefresh
        authorization = "Bearer " + tokens.access
        accountID = tokens.account
        nextLook = now + Self.lookInterval
        schedule = RefreshSchedule(
            TokenClaims(tokens.access), lastRefresh: document.lastRefresh, at: now)
    }

    private static let lookInterval = Int64(Limits.authFileSeconds) * 1000

    /// The new tokens are in memory alone.
    var isOnlyInMemory: Bool { isUnwritten }

    /// When requests may be sent with it again; nil for now.
    func restEnd(at now: Timestamp) -> Timestamp? {
        schedule.isUsable(at: now) ? nil : schedule.nextChance(at: now)
    }

    /// To be called about once a second.
    func tick() {
        let now = services.clock()
        let isTime = now >= nextLook || now + Self.lookInterval < nextLook
        // The answer to a refresh comes first; then it is seen whether the file has a better one.
        if isTime, !schedule.isRunning { look(at: now) }
        if whenIdle == nil, schedule.wants(at: now, isAwaited: false) { refresh(at: now) }
    }

    /// `then` is called at once, or when the refresh has ended, with whether the token may be sent.
    func ready(then: @escaping (Bool) -> Void) {
        let now = services.clock()
        if schedule.isUsable(at: now) { return then(true) }
        if !schedule.isRunning {
            // Whoever logs in again need not wait for the next look.
            look(at: now)
            if whenIdle == nil, schedule.wants(at: now, isAwaited: true) { refresh(at: now) }
            if !schedule.isRunning { return then(schedule.isUsable(at: now)) }
        }
        waiting.append(then)
    }

    /// The upstream answered 401.
    /// - Returns: whether new tokens are on their way.
    func rejected() -> Bool {
        let now = services.clock()
        guard schedule.rejected(at: now) else { return false }
        if whenIdle == nil, schedule.wants(at: now, isAwaited: true) { refresh(at: now) }
        return true
    }

    /// Begins no other refresh, and calls `done` when the one under way has ended: its tokens would
    /// be lost otherwise.
    func finish(_ done: @escaping () -> Void) {
        guard schedule.isRunning else { return finished(done) }
        whenIdle = done
    }

    private func finished(_ done: () -> Void) {
        if isUnwritten { write() }
        done()
    }
}

// Refreshing.
extension ManagedLogin {
    private func refresh(at now: Timestamp) {
        guard look(at: now) else { return schedule.failed(.noFile, at: now) }
        // Somebody else has done it.
        guard schedule.wants(at: now, isAwaited: true) else { return }
        schedule.begin()
        services.post(TokenRefresh.content(tokens.refresh)) { result in self.refreshed(result) }
    }

    private func refreshed(_ result: Result<LoginServices.Answer, RefreshFault>) {
        let now = services.clock()
        do throws(RefreshFault) {
            let answer = try result.get()
            take(
                try TokenRefresh.tokens(
                    status: answer.status, content: answer.content, after: tokens), at: now)
        } catch {
            schedule.failed(error, at: now)
            // Somebody may have been faster, and then the file tells.
            look(at: now)
        }
        if let fault = schedule.fault {
            services.alarm("managed credential not refreshed", "\(name): \(fault.text)")
        }
        tellWaiting(schedule.isUsable(at: now))
        guard let done = whenIdle else { return }
        whenIdle = nil
        finished(done)
    }

    private func take(_ new: CodexTokens, at now: Timestamp) {
        if new.access == tokens.access {
            schedule.failed(.unreadable, at: now)
        } else {
            schedule.succeeded(TokenClaims(new.access), at: now)
        }
        use(new, of: now)
        isUnwritten = true
        write()
    }

    private func tellWaiting(_ isUsable: Bool) {
        let told = waiting
        waiting = []
        for each in told { each(isUsable) }
    }

    private func use(_ new: CodexTokens, of moment: Timestamp?) {
        tokens = new
        lastRefresh = moment
        authorization = "Bearer " + new.access
        accountID = new.account
    }
}

// The file.
extension ManagedLogin {
    /// Reads the file if it has changed, and writes what it lacks.
    /// - Returns: false when it cannot be read. Its owner may have logged out, and Codex does not
    ///   replace it but writes into it.
    @discardableResult
    private func look(at now: Timestamp) -> Bool {
        nextLook = now + Self.lookInterval
        guard !isWriting else { return true }
        guard reread(at: now) else { return false }
        if isUnwritten { write() }
        return true
    }

    private func reread(at now: Timestamp) -> Bool {
        guard file.hasChanged else { return true }
        do throws(AuthFault) {
            let read = try file.read()
            guard let found = read.tokens else { throw .otherKind }
            merge(read, found, at: now)
            return true
        } catch {
            file.forget()
            services.alarm("auth.json not readable", "\(name): \(error.text(file.path))")
            return false
        }
    }

    private func merge(_ read: AuthDocument, _ found: CodexTokens, at now: Timestamp) {
        let isOther = found != tokensInFile
        let isOlder = isOlder(read, found)
        document = read
        tokensInFile = found
        lastRefreshInFile = read.lastRefresh
        if found == tokens {
            isUnwritten = false
        } else if isOther && isOlder {
            isUnwritten = true
        } else if isOther {
            adopt(found, of: read.lastRefresh, at: now)
        }
    }

    /// Whether a copy from before the last refresh was put back: its refresh token is spent.
    private func isOlder(_ read: AuthDocument, _ found: CodexTokens) -> Bool {
        guard found.account == accountID, schedule.fault?.isFinal != true else { return false }
        guard let theirs = read.lastRefresh, let lastRefreshInFile else { return false }
        return theirs < lastRefreshInFile
    }

    private func adopt(_ found: CodexTokens, of moment: Timestamp?, at now: Timestamp) {
        Log.line("\(name): the file has other tokens now; they are used from here on")
        isUnwritten = false
        use(found, of: moment)
        check(!schedule.isRunning, "the file is not looked at during a refresh")
        schedule = RefreshSchedule(TokenClaims(found.access), lastRefresh: moment, at: now)
    }

    private func write() {
        guard !isWriting else { return }
        // Whoever has written since the last look is heard first.
        let now = services.clock()
        guard reread(at: now), isUnwritten else { return }
        isWriting = true
        let written = tokens
        let moment = lastRefresh ?? now
        services.replace(file.path, document.bytes(with: written, lastRefresh: moment)) { error in
            self.wrote(written, of: moment, error)
        }
    }

    private func wrote(_ written: CodexTokens, of moment: Timestamp, _ error: FileError?) {
        isWriting = false
        guard let error else {
            file.forget()
            tokensInFile = written
            lastRefreshInFile = moment
            isUnwritten = written != tokens
            return
        }
        services.alarm(
            "auth.json not written",
            "\(name): \(error.text); the new tokens are in memory only, and lost at a restart")
    }
}
