import Billing

/// `keepalive BALANCE on|off`.
enum KeepaliveCommand {
    static let description = CommandDescription(
        "keepalive", ["BALANCE", "on|off"],
        summary: "Switch the hourly request that keeps a customer's own login warm.",
        details: """
            For Link and Boost, at the customer's wish only. While it is on, the latest own login that
            the upstream accepted is kept, sealed; off deletes it. Never billed.
            """)

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let balance = try office.balance(invocation.positionals[0])
        let isOn: Bool
        switch invocation.positionals[1] {
        case "on": isOn = true
        case "off": isOn = false
        default: throw .usage("\(invocation.positionals[1]) is not on or off")
        }
        guard balance.service.hasOwnLogin else {
            throw Refusal(
                "\(balance.id.text) is of pay, which uses no login of the customer's; keepalive is "
                    + "for link and boost")
        }
        guard office.record(balance.id) != nil else {
            throw Refusal(
                "\(balance.id.text) has no token; `tinygateway token rotate \(balance.id.text)` "
                    + "makes one")
        }
        let change: Directory.Change = { content throws(DirectoryError) in
            guard var record = content.record(balance.id) else { return }
            record.keepalive = .switched(isOn, from: record.keepalive)
            try content.set(record)
        }
        office.directory.change(change) { error in
            if let error { return reply(.refused(error.text)) }
            reply(output(balance.id, in: office, isJSON: invocation.isJSON, isOn: isOn))
        }
    }

    private static func output(
        _ id: BalanceID, in office: Office, isJSON: Bool, isOn: Bool
    ) -> CommandOutput {
        guard let balance = office.books.ledger.balance(id) else {
            preconditionFailure("a balance stays in the ledger")
        }
        let report = BalanceReport(balance: balance, record: office.record(id))
        var output = CommandOutput.done(isJSON ? report.json : report.text)
        if isOn && office.configuration.keepalive.dailyLimit == 0 {
            output.error = "tinygateway: keepalive.daily_limit is 0: nothing is sent for anybody\n"
        }
        return output
    }
}
