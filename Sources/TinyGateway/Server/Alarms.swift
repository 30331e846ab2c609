/// What the operator should look at: kinds of trouble with their count and the last occurrence.
/// Shown by `tinygateway status`, logged when a kind is new or has been silent for a minute.
final class Alarms {
    struct Row {
        let kind: String
        var count: Int
        /// Milliseconds since 1970-01-01T00:00:00Z.
        var last: Int64
        /// A short fact (a model's name, a status), never content and never a secret.
        var detail: String
    }

    private(set) var rows: [Row] = []
    private let clock: () -> Int64
    private static let silence: Int64 = 60_000
    /// Kinds are named in this program, so their number is small; the bound is for mistakes.
    private static let kindsMax = 64

    init(clock: @escaping () -> Int64) {
        self.clock = clock
    }

    func raise(_ kind: String, _ detail: String = "") {
        let now = clock()
        guard let index = rows.firstIndex(where: { $0.kind == kind }) else {
            guard rows.count < Alarms.kindsMax else { return }
            rows.append(Row(kind: kind, count: 1, last: now, detail: detail))
            Log.line("alarm: \(kind) \(detail)")
            return
        }
        let before = rows[index].last
        if now - before >= Alarms.silence {
            Log.line("alarm: \(kind) \(detail) (\(rows[index].count + 1) times so far)")
        }
        rows[index].count += 1
        rows[index].last = now
        rows[index].detail = detail
    }
}
