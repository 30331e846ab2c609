import Billing

/// `usage [BALANCE]`.
enum UsageCommand {
    static let description = CommandDescription(
        "usage", ["[BALANCE]"],
        options: [
            .init("--from", "DAY", "first day, UTC, like 2026-11-01"),
            .init("--to", "DAY", "last day, included"),
        ],
        summary: "Tokens and cost by day, balance, model and tier.",
        details: "The last 400 days; `ledger show` has everything.")

    static func run(_ invocation: Invocation, in office: Office) throws(Refusal) -> CommandOutput {
        var id: BalanceID?
        if let text = invocation.positionals.first { id = try office.balance(text).id }
        let from = try Office.day(invocation.option("--from"), "--from")
        let to = try Office.day(invocation.option("--to"), "--to")
        if let from, let to, to < from { throw .usage("--to is before --from") }
        let rows = Statement.usage(office.books.ledger, balance: id, from: from, to: to)
        return .done(
            invocation.isJSON ? rows.map(json).joined() : table(rows))
    }

    private static func json(_ row: UsageRow) -> String {
        var line = JSONLine()
        line.text("day", row.day.text)
        line.text("balance", row.balance.text)
        line.text("model", row.model)
        line.text("tier", row.tier)
        line.integer("responses", row.sum.responses)
        line.integer("input", row.sum.input)
        line.integer("cached", row.sum.cached)
        line.integer("output", row.sum.output)
        line.integer("reasoning", row.sum.reasoning)
        line.integer("searches", row.sum.searches)
        line.integer("images", row.sum.images)
        line.text("cost", row.sum.cost.text)
        return line.line
    }

    private static func table(_ rows: [UsageRow]) -> String {
        var cells = [
            [
                "day", "balance", "model", "tier", "responses", "input", "cached", "output",
                "reasoning", "searches", "images", "cost",
            ]
        ]
        var total = Money.zero
        for row in rows {
            let sum = row.sum
            let counts = [
                sum.responses, sum.input, sum.cached, sum.output, sum.reasoning, sum.searches,
                sum.images,
            ]
            cells.append(
                [row.day.text, row.balance.text, row.model, row.tier] + counts.map { "\($0)" }
                    + [sum.cost.text])
            total += sum.cost
        }
        return TextTable.render(cells, rightAligned: Set(4...11)) + "total  \(total.text) USD\n"
    }
}
