import Billing

/// Writing, in the order that DESIGN section 3 asks for: the ledger entry durable first, then the
/// directory.
extension Office {
    typealias Reply = (CommandOutput) -> Void

    /// Posts an entry; `then` runs when it is durable, also when it was before (by its key).
    func post(
        _ entry: LedgerEntry, reply: @escaping Reply, then: @escaping (_ isRepeated: Bool) -> Void
    ) {
        books.post(entry) { outcome in self.settle(outcome, reply: reply, then: then) }
    }

    /// Goes on with what is durable, and says why something is not.
    func settle(
        _ outcome: PostOutcome, reply: Reply, then: (_ isRepeated: Bool) -> Void
    ) {
        switch outcome {
        case .durable: then(false)
        case .repeated: then(true)
        case .refused(let error): reply(.refused(error.text))
        case .voided: reply(.refused("the disk is full; make room and repeat the command"))
        case .syncFailed:
            reply(
                .refused(
                    "the disk failed to sync the ledger; restart the gateway, then look with "
                        + "`tinygateway ledger show` before repeating the command"))
        case .closed:
            reply(.refused("the gateway is stopping; repeat the command when it is back"))
        }
    }

    /// Gives a balance a fresh token, in place of any it has, and replies with it.
    func issueToken(_ balance: Balance, isJSON: Bool, reply: @escaping Reply) {
        let token = AccessToken.fresh(random)
        let keepsTokens = configuration.data.keepTokens
        let sealed = keepsTokens ? seal.seal(token, of: balance.id) : nil
        let issued = clock()
        let change: Directory.Change = { content throws(DirectoryError) in
            let present = content.record(balance.id)
            let provider =
                present?.provider
                ?? content.nextProvider(balance.account, balance.service)
            try content.set(
                AccessRecord(
                    balance: balance.id, account: balance.account, service: balance.service,
                    provider: provider, digest: token.digest, sealed: sealed, issued: issued,
                    keepalive: present?.keepalive))
        }
        directory.change(change) { error in
            if let error {
                let remedy = "`tinygateway token rotate \(balance.id.text)` makes a token"
                return reply(.refused("\(error.text); then \(remedy)"))
            }
            let report = TokenReport(
                balance: balance, token: token, publicURL: self.configuration.server.publicURL)
            reply(.done(report.text(isJSON: isJSON, isKept: keepsTokens)))
        }
    }
}
