import Billing

/// A balance's next keepalive. It is made only when the plan is on the disk, so that no crash
/// forgets one: whoever finds a plan whose time has passed takes it as made.
struct KeepalivePlan: Equatable, Sendable {
    /// Not before this moment, and on its day in UTC or not at all.
    let due: Timestamp
    /// Which one of that day it is, from 1.
    let number: Int
}
