import Billing
import Testing

@testable import TinyGateway

@Suite("Directory: keepalive") struct KeepaliveRecordTests {
    static let moment = Timestamp("2026-11-22T10:00:00.000Z")!
    static let login = KeepaliveLogin(
        sealed: "AQID", digest: SHA256.digest(of: [7]), expires: moment)
    static let plan = KeepalivePlan(due: moment, number: 3)
    static let window = KeepaliveResult.Window(usedPercent: 12, resets: moment)

    static let records: [KeepaliveRecord] = [
        KeepaliveRecord(),
        KeepaliveRecord(isOn: false, plan: plan),
        KeepaliveRecord(login: login, plan: plan),
        KeepaliveRecord(
            login: KeepaliveLogin(sealed: "AQID", digest: login.digest, expires: nil),
            isStopped: true, plan: plan,
            last: KeepaliveResult(at: moment, outcome: .answered(401))),
        KeepaliveRecord(
            login: login, plan: plan,
            last: KeepaliveResult(
                at: moment, outcome: .answered(200), primary: window,
                secondary: KeepaliveResult.Window(usedPercent: 100, resets: nil),
                spentUntil: moment)),
        KeepaliveRecord(login: login, last: KeepaliveResult(at: moment, outcome: .unanswered)),
    ]

    static func directory(_ record: KeepaliveRecord?) throws -> DirectoryContent {
        var content = DirectoryContent()
        try content.add(DirectoryTests.account(1))
        var access = DirectoryTests.record("b_1", service: .boost, sealed: [9])
        access.keepalive = record
        try content.set(access)
        return content
    }

    @Test(arguments: records) func aFileHoldsWhatWasWritten(record: KeepaliveRecord) throws {
        let content = try Self.directory(record)
        #expect(try DirectoryContent(decoding: content.encoded) == content)
    }

    @Test(arguments: KeepaliveResult.Skip.allCases) func everySkipIsKept(
        reason: KeepaliveResult.Skip
    ) throws {
        let result = KeepaliveResult(at: Self.moment, outcome: .skipped(reason))
        let content = try Self.directory(KeepaliveRecord(last: result))
        #expect(try DirectoryContent(decoding: content.encoded) == content)
    }

    @Test func aFileOfAnOlderVersionIsRead() throws {
        let text = String(decoding: try Self.directory(nil).encoded, as: UTF8.self)
        #expect(!text.contains("keepalive"))
    }

    static let damages: [(String, String)] = [
        ("\"on\":true", "\"on\":false"),
        ("\"on\":true,", ""),
        ("\"on\":true", "\"on\":1"),
        ("\"login\":\"AQID\",", ""),
        ("\"login\":\"AQID\"", "\"login\":\"AQI!\""),
        ("\"digest\":\"", "\"digest\":\"0"),
        ("\"stopped\":true", "\"stopped\":false"),
        ("\"number\":3", "\"number\":0"),
        ("\"number\":3", "\"number\":3.5"),
        (",\"number\":3", ""),
        ("\"due\":\"2026-11-22T10:00:00.000Z\",", ""),
        ("\"due\":\"2026", "\"due\":\"1026"),
        ("\"status\":401", "\"status\":600"),
        ("\"status\":401", "\"state\":401"),
        ("\"status\":401", "\"status\":401,\"more\":1"),
        ("\"last\":{\"at\"", "\"last\":{\"by\":1,\"at\""),
        ("\"status\":401", "\"skipped\":\"for fun\""),
        ("\"status\":401", "\"error\":\"some\""),
    ]

    @Test(arguments: damages) func whatWasNotWrittenIsDamage(from: String, to: String) throws {
        let content = try Self.directory(Self.records[3])
        let keepalive = String(decoding: Self.records[3].encoded, as: UTF8.self)
        let start = try #require(Self.place(of: from, in: keepalive))
        let end = keepalive.index(start, offsetBy: from.count)
        let changed = keepalive[..<start] + to + keepalive[end...]
        let text = String(decoding: content.encoded, as: UTF8.self)
        let place = try #require(Self.place(of: keepalive, in: text))
        let rest = text[text.index(place, offsetBy: keepalive.count)...]
        #expect(throws: DirectoryError.damaged("balance 1 is not as written")) {
            try DirectoryContent(decoding: [UInt8]((text[..<place] + changed + rest).utf8))
        }
    }

    private static func place(of part: String, in text: String) -> String.Index? {
        text.indices.first { text[$0...].hasPrefix(part) }
    }

    @Test func payHasNone() throws {
        var content = try Self.directory(nil)
        var access = DirectoryTests.record("b_2", provider: "tinygateway-codex-pay-2", token: 2)
        access.keepalive = KeepaliveRecord()
        try content.set(access)
        #expect(throws: DirectoryError.damaged("balance 2 is not as written")) {
            try DirectoryContent(decoding: content.encoded)
        }
    }

    @Test func switchingOffKeepsTheDaysCountAndNothingElse() {
        let full = Self.records[4]
        #expect(KeepaliveRecord.switched(true, from: full) == full)
        let off = KeepaliveRecord.switched(false, from: full)
        #expect(off == KeepaliveRecord(isOn: false, plan: Self.plan))
        #expect(KeepaliveRecord.switched(true, from: off) == KeepaliveRecord(plan: Self.plan))
        #expect(KeepaliveRecord.switched(false, from: KeepaliveRecord()) == nil)
        #expect(KeepaliveRecord.switched(false, from: nil) == nil)
        #expect(KeepaliveRecord.switched(true, from: nil) == KeepaliveRecord())
    }

    @Test func aFileThatGrowsTooLongIsNotWritten() throws {
        let content = try Self.directory(KeepaliveRecord())
        let directory = Directory(content, bytesMax: 1_000) { _, done in done(nil) }
        var outcome: DirectoryError?
        let change: Directory.Change = { content throws(DirectoryError) in
            content.updateKeepalives { _ in
                KeepaliveRecord(
                    login: KeepaliveLogin(
                        sealed: String(repeating: "A", count: 1_000), digest: Self.login.digest,
                        expires: nil))
            }
        }
        directory.change(change) { outcome = $0 }
        #expect(outcome == .full)
        #expect(directory.content.records[0].keepalive == KeepaliveRecord())
    }

    @Test func whoeverFollowsHearsOfAChangeFirst() throws {
        let directory = Directory(try Self.directory(nil)) { _, done in done(nil) }
        var heard: [String] = []
        directory.onChange = { heard.append("followed") }
        let change: Directory.Change = { content throws(DirectoryError) in
            try content.add(DirectoryTests.account(2))
        }
        directory.change(change) { _ in heard.append("done") }
        #expect(heard == ["followed", "done"])
    }
}
