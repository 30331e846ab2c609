/// What is kept of a balance's keepalive, once its owner has switched it on.
struct KeepaliveRecord: Equatable {
    /// The owner's consent. Without it there is no login and no result, only the plan, so that
    /// switching it off and on does not lead to more requests a day.
    var isOn = true
    /// The latest own login that the upstream accepted.
    var login: KeepaliveLogin?
    /// The login is of no more use: refused, expired, or sealed under another key. Over when
    /// another one is seen.
    var isStopped = false
    var plan: KeepalivePlan?
    var last: KeepaliveResult?

    /// Whether there is something to make requests with.
    var isActive: Bool { isOn && login != nil && !isStopped }

    /// The record after its owner has switched keepalive on or off; nil when nothing has to be
    /// kept.
    static func switched(_ isOn: Bool, from record: KeepaliveRecord?) -> KeepaliveRecord? {
        if isOn == (record?.isOn ?? false) { return record }
        if isOn { return KeepaliveRecord(plan: record?.plan) }
        guard let plan = record?.plan else { return nil }
        return KeepaliveRecord(isOn: false, plan: plan)
    }
}
