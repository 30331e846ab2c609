import Billing

/// The own login that a balance's keepalive uses, as it is kept. A class that never changes, so
/// that copies of the directory share it.
final class KeepaliveLogin: Equatable, Sendable {
    /// In base 64, as it is written: with many customers this is most of the directory, and the
    /// loop writes it.
    let sealed: String
    /// Of the login itself: whether another one was seen can be told without opening this one.
    let digest: Digest32
    /// nil when the token does not say.
    let expires: Timestamp?

    init(sealed: String, digest: Digest32, expires: Timestamp?) {
        self.sealed = sealed
        self.digest = digest
        self.expires = expires
    }

    static func == (left: KeepaliveLogin, right: KeepaliveLogin) -> Bool {
        left.digest == right.digest && left.sealed == right.sealed
            && left.expires == right.expires
    }
}
