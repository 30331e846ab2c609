import Billing

/// How `directory.json` holds a keepalive.
extension KeepaliveRecord {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("on", isOn)
        if let login {
            writer.field("login", login.sealed)
            writer.field("digest", login.digest.hex)
            writer.field("expires", ifAny: login.expires)
        }
        if isStopped { writer.field("stopped", true) }
        if let plan {
            writer.field("due", ifAny: plan.due)
            writer.field("number", plan.number)
        }
        if let last {
            writer.key("last")
            writer.raw(last.encoded)
        }
        writer.endObject()
        return writer.bytes
    }

    /// nil for anything that `encoded` cannot have written.
    static func decoded(_ value: JSONValue) -> KeepaliveRecord? {
        let record = KeepaliveRecord(
            isOn: value["on"]?.bool == true, login: login(value),
            isStopped: value["stopped"] != nil, plan: plan(value),
            last: value["last"].flatMap { KeepaliveResult.decoded($0) })
        if !record.isOn && (record.login != nil || record.last != nil) { return nil }
        if record.isStopped && record.login == nil { return nil }
        // Whatever else stands there, or in another order, comes out differently.
        var writer = JSONWriter()
        writer.value(value)
        return record.encoded == writer.bytes ? record : nil
    }

    private static func login(_ value: JSONValue) -> KeepaliveLogin? {
        guard let sealed = value["login"]?.string, Base64URL.decode(sealed) != nil,
            let hex = value["digest"]?.string, let digest = Digest32(hex: hex)
        else { return nil }
        return KeepaliveLogin(
            sealed: sealed, digest: digest, expires: value.timestamp("expires"))
    }

    private static func plan(_ value: JSONValue) -> KeepalivePlan? {
        guard let due = value.timestamp("due"), let number = value["number"]?.integer,
            1...Int64(Int32.max) ~= number
        else { return nil }
        return KeepalivePlan(due: due, number: Int(number))
    }
}

/// Also what `balance show --json` prints.
extension KeepaliveResult {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("at", ifAny: at)
        switch outcome {
        case .answered(let status): writer.field("status", status)
        case .unanswered: writer.field("error", Self.noAnswer)
        case .skipped(let reason): writer.field("skipped", reason.text)
        }
        Self.write(primary, "primary", to: &writer)
        Self.write(secondary, "secondary", to: &writer)
        writer.field("spent_until", ifAny: spentUntil)
        writer.endObject()
        return writer.bytes
    }

    static let noAnswer = "no answer"

    @inline(never)
    private static func write(_ window: Window?, _ name: String, to writer: inout JSONWriter) {
        guard let window else { return }
        writer.field(name + "_used_percent", window.usedPercent)
        writer.field(name + "_resets", ifAny: window.resets)
    }

    /// Whoever calls this compares what `encoded` makes of it with what was read.
    fileprivate static func decoded(_ value: JSONValue) -> KeepaliveResult? {
        guard let at = value.timestamp("at") else { return nil }
        var outcome = Outcome.unanswered
        if let status = value["status"]?.integer {
            guard 100...599 ~= status else { return nil }
            outcome = .answered(Int(status))
        } else if let text = value["skipped"]?.string {
            for reason in Skip.allCases where reason.text == text { outcome = .skipped(reason) }
        }
        return KeepaliveResult(
            at: at, outcome: outcome, primary: window("primary", of: value),
            secondary: window("secondary", of: value), spentUntil: value.timestamp("spent_until"))
    }

    private static func window(_ name: String, of value: JSONValue) -> Window? {
        guard let percent = value[name + "_used_percent"]?.integer else { return nil }
        return Window(usedPercent: Int(percent), resets: value.timestamp(name + "_resets"))
    }
}

extension JSONValue {
    @inline(never)
    fileprivate func timestamp(_ name: String) -> Timestamp? {
        guard let text = self[name]?.string else { return nil }
        return Timestamp(text)
    }
}

extension JSONWriter {
    @inline(never)
    fileprivate mutating func field(_ name: String, ifAny moment: Timestamp?) {
        if let moment { field(name, moment.text) }
    }
}
