import Billing

/// The own login that a balance's keepalive uses, as it is kept.
struct KeepaliveLogin: Equatable {
    let sealed: [UInt8]
    /// Of the login itself: whether another one was seen can be told without opening this one.
    let digest: Digest32
    /// nil when the token does not say.
    let expires: Timestamp?
}
