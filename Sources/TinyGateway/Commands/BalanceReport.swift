import Billing

/// A balance or a pass as the commands print it.
struct BalanceReport {
    let balance: Balance
    /// nil when the directory has no token for it.
    let record: AccessRecord?

    private var isPass: Bool { !balance.service.hasMoney }
    private var keepalive: KeepaliveRecord? { record?.keepalive }
    private var keepaliveSwitch: String { keepalive?.isOn == true ? "on" : "off" }

    private var nextKeepalive: Timestamp? {
        guard let keepalive, keepalive.isActive else { return nil }
        return keepalive.plan?.due
    }

    var json: String {
        var line = JSONLine()
        line.text("balance", balance.id.text)
        line.text("service", balance.service.text)
        if !isPass {
            line.text("remaining", balance.remaining.text)
            line.text("held", balance.held.text)
        }
        line.text("expires", orNull: balance.expires?.text)
        line.text("account", balance.account.text)
        line.text("label", balance.label)
        line.boolean("has_token", record != nil)
        line.text("provider", orNull: record?.provider)
        if balance.service.hasOwnLogin {
            line.text("keepalive", keepaliveSwitch)
            line.json("keepalive_last", keepalive?.last?.encoded ?? [UInt8]("null".utf8))
            line.text("keepalive_next", orNull: nextKeepalive?.text)
        }
        return line.line
    }

    static let columns = [
        "balance", "account", "service", "remaining", "held", "expires", "label",
    ]

    var row: [String] {
        [
            balance.id.text, balance.account.text, balance.service.text,
            isPass ? "-" : balance.remaining.text, isPass ? "-" : balance.held.text,
            balance.expires?.text ?? "-", balance.label,
        ]
    }

    /// Every fact on a line of its own, the lots one by one.
    var text: String {
        var rows = zip(Self.columns, row).map { [$0, $1] }
        rows.append(["provider", record?.provider ?? "-"])
        rows.append(["token since", record?.issued.text ?? "none"])
        if balance.service.hasOwnLogin {
            rows.append(["keepalive", keepaliveSwitch])
            if let last = keepalive?.last { rows.append(["last keepalive", last.text]) }
            if let next = nextKeepalive { rows.append(["next keepalive", next.text]) }
        }
        for lot in balance.lots {
            let kind = lot.kind == .pool ? "pool" : "grant"
            rows.append([
                kind,
                "\(lot.total.text) (\(lot.paid.text) paid, \(lot.bonus.text) bonus) until "
                    + "\(lot.expires.text) \(lot.label)",
            ])
        }
        return TextTable.render(rows)
    }

    /// What topup and grant print.
    var credit: String {
        var line = JSONLine()
        line.text("balance", balance.id.text)
        line.text("remaining", balance.remaining.text)
        line.text("expires", orNull: balance.expires?.text)
        return line.line
    }
}
