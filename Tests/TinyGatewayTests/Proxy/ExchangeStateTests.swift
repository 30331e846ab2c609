import Testing

@testable import TinyGateway

@Suite("Proxy: the path of a request") struct ExchangeStateTests {
    static let all: [ExchangeState] = [
        .authenticating, .admitting, .connecting, .relaying, .settling, .closed,
    ]

    /// Row: from; column: to, in the order of `all`.
    static let table = [
        ".x...x",
        "..x.x.",
        "...xx.",
        "..x.x.",
        ".....x",
        "......",
    ]

    @Test func theTableHolds() {
        for (row, from) in Self.all.enumerated() {
            for (column, to) in Self.all.enumerated() {
                let isAllowed = Array(Self.table[row])[column] == "x"
                #expect(from.allows(to) == isAllowed, "\(from) -> \(to)")
            }
        }
    }

    @Test func whoeverWasAdmittedIsSettledBeforeTheEnd() {
        // Every walk from `admitting` to `closed` goes through `settling`.
        var reached: Set<ExchangeState> = [.admitting]
        var isGrowing = true
        while isGrowing {
            let next = Self.all.filter { to in
                to != .settling && reached.contains { $0.allows(to) }
            }
            isGrowing = !reached.isSuperset(of: next)
            reached.formUnion(next)
        }
        #expect(!reached.contains(.closed))
    }
}
