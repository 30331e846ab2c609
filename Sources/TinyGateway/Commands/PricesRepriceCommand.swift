import Billing

/// `prices reprice FROM TO`.
enum PricesRepriceCommand {
    static let description = CommandDescription(
        "prices reprice", ["FROM", "TO"],
        options: [.init("--balance", "BALANCE", "the charges of one balance only")],
        summary: "What a past period would have cost by the configuration's price table.",
        details: """
            FROM and TO are days, UTC, both included. Changes nothing: compare a table before it comes
            into force with `--config FILE`. Rows that did not change give what was charged.
            """)

    /// What was charged for one model, and what it would have been.
    private struct Sum {
        let model: ModelName
        var responses: Int64 = 0
        var charged = Money.zero
        var repriced = Money.zero
    }

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        do throws(Refusal) {
            let from = try Office.day(invocation.positionals[0], "FROM")
            let to = try Office.day(invocation.positionals[1], "TO")
            guard let from, let to, from <= to else { throw .usage("TO is before FROM") }
            var balance: BalanceID?
            if let text = invocation.option("--balance") {
                guard let id = BalanceID(text) else {
                    throw .usage("\(text) is not a balance like b_...")
                }
                balance = id
            }
            let sums: [Sum]
            do throws(BooksError) {
                sums = try Self.sums(configuration, from, to, balance)
            } catch let error {
                throw Office.refusal(error)
            }
            return .done(invocation.isJSON ? sums.map(json).joined() : table(sums))
        } catch let refusal {
            return refusal.output
        }
    }

    private static func sums(
        _ configuration: Configuration, _ from: CivilDay, _ to: CivilDay, _ balance: BalanceID?
    ) throws(BooksError) -> [Sum] {
        let places = try LedgerPlaces(LedgerFolder(directory: configuration.data.directory))
        var sums: [Sum] = []
        try places.forEach(from: try places.first { $0.at.day >= from }) { line in
            guard line.at.day <= to else { return false }
            if case .charge(let charge) = line.entry, balance ?? charge.balance == charge.balance {
                add(charge, configuration.billing.prices, to: &sums)
            }
            return true
        }
        return sums
    }

    private static func add(_ charge: ChargeEntry, _ table: PriceTable, to sums: inout [Sum]) {
        let index = sums.firstIndex { $0.model == charge.model } ?? sums.count
        if index == sums.count { sums.append(Sum(model: charge.model)) }
        sums[index].responses += 1
        sums[index].charged += charge.amount
        // What was charged was not odd, so it has a price.
        let price = try? table.charge(
            charge.usage, model: charge.model, fast: charge.fast, at: charge.began)
        sums[index].repriced += price?.amount ?? charge.amount
    }

    private static func json(_ sum: Sum) -> String {
        var line = JSONLine()
        line.text("model", sum.model.text)
        line.integer("responses", sum.responses)
        line.text("charged", sum.charged.text)
        line.text("repriced", sum.repriced.text)
        line.text("difference", (sum.repriced - sum.charged).text)
        return line.line
    }

    private static func table(_ sums: [Sum]) -> String {
        var cells = [["model", "responses", "charged", "repriced", "difference"]]
        var charged = Money.zero
        var repriced = Money.zero
        for sum in sums {
            charged += sum.charged
            repriced += sum.repriced
            cells.append([
                sum.model.text, "\(sum.responses)", sum.charged.text, sum.repriced.text,
                (sum.repriced - sum.charged).text,
            ])
        }
        cells.append(["total", "", charged.text, repriced.text, (repriced - charged).text])
        return TextTable.render(cells, rightAligned: [1, 2, 3, 4])
    }
}
