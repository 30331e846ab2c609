/// What is kept of a balance's keepalive, once its owner has switched it on. A class that never
/// changes, so that copies of the directory share it.
final class KeepaliveRecord: Equatable, Sendable {
    /// The owner's consent. Without it there is no login and no result, only the plan, so that
    /// switching it off and on does not lead to more requests a day.
    let isOn: Bool
    /// The latest own login that the upstream accepted.
    let login: KeepaliveLogin?
    /// The login is of no more use: refused, expired, or sealed under another key. Over when
    /// another one is seen.
    let isStopped: Bool
    let plan: KeepalivePlan?
    let last: KeepaliveResult?

    init(
        isOn: Bool = true, login: KeepaliveLogin? = nil, isStopped: Bool = false,
        plan: KeepalivePlan? = nil, last: KeepaliveResult? = nil
    ) {
        self.isOn = isOn
        self.login = login
        self.isStopped = isStopped
        self.plan = plan
        self.last = last
    }

    /// Whether there is something to make requests with.
    var isActive: Bool { login != nil && !isStopped }

    /// The record after its owner has switched keepalive on or off; nil when nothing has to be
    /// kept.
    static func switched(_ isOn: Bool, from record: KeepaliveRecord?) -> KeepaliveRecord? {
        if isOn == (record?.isOn ?? false) { return record }
        if !isOn && record?.plan == nil { return nil }
        return KeepaliveRecord(isOn: isOn, plan: record?.plan)
    }

    static func == (left: KeepaliveRecord, right: KeepaliveRecord) -> Bool {
        left.encoded == right.encoded
    }
}
