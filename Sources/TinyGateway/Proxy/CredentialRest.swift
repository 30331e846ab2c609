import Billing

/// A credential that was refused is asked after the others for a while. That is a preference and no
/// more: when there is no other, it is asked all the same.
struct CredentialRest: Equatable {
    let refusal: CredentialRefusal
    let began: Timestamp
    let until: Timestamp

    /// - Parameter resetsAt: seconds since 1970 at which the upstream promises to serve again. A
    ///   hint: the rest is no longer for it than without it.
    init(_ refusal: CredentialRefusal, resetsAt: Int64?, at now: Timestamp) {
        self.refusal = refusal
        began = now
        var end = now + Int64(refusal.restSeconds) * 1000
        if refusal == .usedUp, let reset = Timestamp(secondsSince1970: resetsAt) {
            // Upstreams round: a reset that is past already is about to be.
            end = min(end, max(reset, now + 1000))
        }
        until = end
    }

    /// A clock that was set back ends it.
    func isOver(at now: Timestamp) -> Bool {
        now >= until || now < began
    }
}
