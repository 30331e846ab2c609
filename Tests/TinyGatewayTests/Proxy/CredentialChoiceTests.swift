import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: which credential a thread uses") struct CredentialChoiceTests {
    static let threads = (0..<3000).map { "01a20070-ec12-7110-93c4-\($0)" }

    static func choose(
        _ names: [String], _ thread: String, resting: [String: Int64] = [:]
    ) -> String? {
        var choice = CredentialChoice(thread: thread)
        for place in names.indices {
            choice.offer(
                place, name: CredentialChoice.hash(names[place]),
                restEnd: resting[names[place]].map { Timestamp(millisecondsSince1970: $0) })
        }
        return choice.place.map { names[$0] }
    }

    @Test func nothingIsChosenFromNothing() {
        #expect(Self.choose([], "t") == nil)
    }

    @Test func threadsAreSharedEvenly() {
        let names = ["env:A", "env:B", "env:C"]
        var counts: [String: Int] = [:]
        for thread in Self.threads { counts[Self.choose(names, thread) ?? "", default: 0] += 1 }
        for name in names { #expect((850...1150).contains(counts[name] ?? 0), "\(counts)") }
    }

    @Test func theListsOrderDoesNotMatter() {
        let names = ["env:A", "auth:b", "file:c", "env:D"]
        for thread in Self.threads.prefix(200) {
            #expect(Self.choose(names, thread) == Self.choose(names.reversed(), thread))
        }
    }

    @Test func aNewCredentialTakesItsShareAndMovesNobodyElse() {
        let names = ["env:A", "env:B", "env:C"]
        var moved = 0
        for thread in Self.threads {
            let before = Self.choose(names, thread)
            let after = Self.choose(names + ["env:D"], thread)
            if before == after { continue }
            #expect(after == "env:D")
            moved += 1
        }
        #expect((600...900).contains(moved), "a quarter of 3000, not \(moved)")
    }

    @Test func whoseCredentialRestsMovesAndComesBack() {
        let names = ["env:A", "env:B", "env:C"]
        for thread in Self.threads.prefix(500) {
            let own = Self.choose(names, thread) ?? ""
            let other = Self.choose(names, thread, resting: [own: 5])
            #expect(other != own)
            // Where it would be if the one that rests did not exist.
            #expect(other == Self.choose(names.filter { $0 != own }, thread))
            let another = names.first { $0 != own } ?? ""
            #expect(Self.choose(names, thread, resting: [another: 5]) == own)
        }
    }

    @Test func whenAllRestTheOneThatIsDoneFirstIsAsked() {
        let names = ["env:A", "env:B", "env:C"]
        for thread in Self.threads.prefix(100) {
            #expect(
                Self.choose(names, thread, resting: ["env:A": 9, "env:B": 3, "env:C": 5])
                    == "env:B")
            #expect(Self.choose(["env:A"], thread, resting: ["env:A": 9]) == "env:A")
            // Equal ends: the thread's own.
            #expect(
                Self.choose(names, thread, resting: ["env:A": 3, "env:B": 3, "env:C": 3])
                    == Self.choose(names, thread))
        }
    }
}
