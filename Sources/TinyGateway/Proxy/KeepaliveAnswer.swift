import Billing

/// What an answer tells of the account: its status and how much of its two windows is used. Of its
/// content only why a 429 was given.
enum KeepaliveAnswer {
    static func result(_ answer: UpstreamCall.Answer, at now: Timestamp) -> KeepaliveResult {
        let fields = answer.head.fields
        let primary = window("primary", fields, now)
        let secondary = window("secondary", fields, now)
        var spent: Timestamp?
        for window in [primary, secondary] {
            guard let window, window.usedPercent >= 100 else { continue }
            spent = later(spent, window.resets)
        }
        if answer.head.status == 429 { spent = later(spent, reset(answer.content, now)) }
        return KeepaliveResult(
            at: now, outcome: .answered(answer.head.status), primary: primary,
            secondary: secondary, spentUntil: spent)
    }

    private static func later(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
        guard let left else { return right }
        guard let right else { return left }
        return max(left, right)
    }

    /// `x-codex-primary-used-percent` and its reset, as a moment or as seconds from now.
    private static func window(
        _ name: String, _ fields: Fields, _ now: Timestamp
    ) -> KeepaliveResult.Window? {
        let prefix = "x-codex-" + name
        guard let percent = number(prefix + "-used-percent", fields) else { return nil }
        let reset = moment(number(prefix + "-reset-at", fields), now)
        return KeepaliveResult.Window(
            usedPercent: Int(percent),
            resets: reset ?? moment(after: number(prefix + "-reset-after-seconds", fields), now))
    }

    /// When a spent account has its quota again, as a refusal says it.
    private static func reset(_ content: [UInt8], _ now: Timestamp) -> Timestamp? {
        guard let document = try? JSONReader.read(content, bytesMax: content.count),
            let error = document["error"],
            error["type"]?.string == "usage_limit_reached"
                || error["code"]?.string == "usage_limit_reached"
        else { return nil }
        return moment(error["resets_at"]?.integer, now)
            ?? moment(after: error["resets_in_seconds"]?.integer, now)
    }

    /// A whole number; what follows a point is left out. Small enough for any arithmetic.
    private static func number(_ name: String, _ fields: Fields) -> Int64? {
        guard let text = fields.first(named: name) else { return nil }
        var value: Int64 = 0
        var digits = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), digits > 0 { break }
            guard 0x30...0x39 ~= byte, digits < 12 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
            digits += 1
        }
        return digits > 0 ? value : nil
    }

    private static func moment(after seconds: Int64?, _ now: Timestamp) -> Timestamp? {
        guard let seconds, 0...Limits.usageWindowDays * 86_400 ~= seconds else { return nil }
        return now + seconds * 1000
    }

    /// Nothing further ahead than any window is long.
    private static func moment(_ seconds: Int64?, _ now: Timestamp) -> Timestamp? {
        guard let seconds, let moment = Timestamp(secondsSince1970: seconds),
            moment <= now.adding(days: Limits.usageWindowDays)
        else { return nil }
        return moment
    }
}
