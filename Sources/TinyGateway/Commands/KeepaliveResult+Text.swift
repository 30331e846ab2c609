import Billing

/// For people.
extension KeepaliveResult {
    /// `2026-11-22T00:35:12.345Z status 200, primary window 12% until ..., secondary window 3%`.
    var text: String {
        var text = at.text
        switch outcome {
        case .answered(let status): text += " status \(status)"
        case .unanswered: text += " " + Self.noAnswer
        case .skipped(let reason): text += " skipped: " + reason.text
        }
        return text + Self.text("primary", primary) + Self.text("secondary", secondary)
    }

    private static func text(_ name: String, _ window: Window?) -> String {
        guard let window else { return "" }
        let text = ", \(name) window \(window.usedPercent)%"
        guard let resets = window.resets else { return text }
        return text + " until " + resets.text
    }
}
