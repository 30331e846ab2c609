import Billing

/// How `directory.json` holds a keepalive.
extension KeepaliveRecord {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("on", isOn)
        if let login {
            writer.field("login", Base64URL.encode(login.sealed.span))
            writer.field("digest", login.digest.hex)
            if let expires = login.expires { writer.field("expires", expires.text) }
        }
        if isStopped { writer.field("stopped", true) }
        if let plan {
            writer.field("due", plan.due.text)
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
    init?(decoding value: JSONValue) {
        guard let isOn = value["on"]?.bool else { return nil }
        self.isOn = isOn
        if let text = value["login"]?.string {
            guard let sealed = Base64URL.decode(text),
                let digest = value["digest"]?.string.flatMap({ Digest32(hex: $0) })
            else { return nil }
            login = KeepaliveLogin(
                sealed: sealed, digest: digest, expires: Timestamp(in: value, "expires"))
        }
        isStopped = value["stopped"] != nil
        if let due = Timestamp(in: value, "due") {
            guard let number = value["number"]?.integer, 1...Int64(Int32.max) ~= number else {
                return nil
            }
            plan = KeepalivePlan(due: due, number: Int(number))
        }
        if let last = value["last"] {
            guard let last = KeepaliveResult(decoding: last) else { return nil }
            self.last = last
        }
        guard isOn || (login == nil && last == nil), !isStopped || login != nil else { return nil }
        // Whatever else stands there, or in another order, comes out differently.
        var writer = JSONWriter()
        writer.value(value)
        guard encoded == writer.bytes else { return nil }
    }
}

/// Also what `balance show --json` prints.
extension KeepaliveResult {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("at", at.text)
        switch outcome {
        case .answered(let status): writer.field("status", status)
        case .unanswered: writer.field("error", Self.noAnswer)
        case .skipped(let reason): writer.field("skipped", reason.text)
        }
        Self.write(primary, "primary", to: &writer)
        Self.write(secondary, "secondary", to: &writer)
        if let spentUntil { writer.field("spent_until", spentUntil.text) }
        writer.endObject()
        return writer.bytes
    }

    static let noAnswer = "no answer"

    @inline(never)
    private static func write(_ window: Window?, _ name: String, to writer: inout JSONWriter) {
        guard let window else { return }
        writer.field(name + "_used_percent", window.usedPercent)
        if let resets = window.resets { writer.field(name + "_resets", resets.text) }
    }

    /// Whoever calls this compares what `encoded` makes of it with what was read.
    fileprivate init?(decoding value: JSONValue) {
        guard let at = Timestamp(in: value, "at") else { return nil }
        if let status = value["status"]?.integer {
            guard 100...599 ~= status else { return nil }
            outcome = .answered(Int(status))
        } else if let text = value["skipped"]?.string {
            guard let reason = Skip.allCases.first(where: { $0.text == text }) else { return nil }
            outcome = .skipped(reason)
        } else {
            outcome = .unanswered
        }
        self.at = at
        primary = Self.window("primary", of: value)
        secondary = Self.window("secondary", of: value)
        spentUntil = Timestamp(in: value, "spent_until")
    }

    private static func window(_ name: String, of value: JSONValue) -> Window? {
        guard let percent = value[name + "_used_percent"]?.integer else { return nil }
        return Window(
            usedPercent: Int(percent), resets: Timestamp(in: value, name + "_resets"))
    }
}

extension Timestamp {
    fileprivate init?(in value: JSONValue, _ name: String) {
        guard let text = value[name]?.string else { return nil }
        self.init(text)
    }
}
