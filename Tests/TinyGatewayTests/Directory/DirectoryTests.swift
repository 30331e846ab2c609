import Billing
import Testing

@testable import TinyGateway

@Suite struct DirectoryTests {
    static let moment = Timestamp(millisecondsSince1970: 1_763_771_712_345)

    static func account(_ number: Int) -> Account {
        Account(
            id: AccountID("a_\(number)")!, email: "user\(number)@example.com", created: moment)
    }

    static func record(
        _ balance: String, account: String = "a_1", service: Service = .pay,
        provider: String = "tinygateway-codex-pay", token: UInt8 = 1, sealed: [UInt8]? = nil
    ) -> AccessRecord {
        AccessRecord(
            balance: BalanceID(balance)!, account: AccountID(account)!, service: service,
            provider: provider, digest: Self.token(token).digest, sealed: sealed, issued: moment)
    }

    static func token(_ byte: UInt8) -> AccessToken {
        AccessToken.fresh { [UInt8](repeating: byte, count: $0) }
    }

    static func filled() throws -> DirectoryContent {
        var content = DirectoryContent()
        try content.add(account(1))
        try content.add(account(2))
        try content.set(record("b_1", sealed: [1, 2, 3]))
        try content.set(record("b_2", provider: "tinygateway-codex-pay-2", token: 2))
        try content.set(record("b_3", account: "a_2", service: .link, token: 3))
        return content
    }

    @Test func tokensHaveOneForm() {
        let token = Self.token(7)
        #expect(token.text.utf8.count == 46)
        #expect(AccessToken(token.text)?.text == token.text)
        let body = String(repeating: "A", count: 43)
        let short = String(body.dropLast())
        let bad: [String] = [
            "", "tg_", body, "tg_\(body)A", "tg_\(short)", "TG_\(body)", "tg_\(short)B",
            "tg_\(short)+", " tg_\(body)", "tg_\(short)=", "tg-\(body)",
        ]
        for text in bad { #expect(AccessToken(text) == nil, "\(text)") }
        #expect(AccessToken("tg_" + body) != nil)
    }

    @Test func aFileHoldsWhatWasWritten() throws {
        let content = try Self.filled()
        #expect(try DirectoryContent(decoding: content.encoded) == content)
        #expect(try DirectoryContent(decoding: DirectoryContent().encoded) == DirectoryContent())
        let text = String(decoding: content.encoded, as: UTF8.self)
        #expect(!text.contains("tg_"))
    }

    @Test func everyCutIsDamage() throws {
        let bytes = try Self.filled().encoded
        for end in 0..<(bytes.count - 2) {
            #expect(throws: DirectoryError.self) {
                try DirectoryContent(decoding: Array(bytes[..<end]))
            }
        }
    }

    static let damages: [(String, String, String)] = [
        ("\"format\":1", "\"format\":2", "its format is not 1"),
        ("\"accounts\":", "\"acounts\":", "it does not have format, accounts and balances"),
        ("a_2\",\"email", "a_1\",\"email", "account 2 stands there twice"),
        ("user2@", "user1@", "account 2 stands there twice"),
        ("user1@example.com", "user1", "account 1 is not as written"),
        ("\"b_2\"", "\"b_1\"", "balance 2 stands there twice"),
        ("\"b_2\"", "\"x_1\"", "balance 2 is not as written"),
        (
            "\"account\":\"a_2\",\"service\"", "\"account\":\"a_3\",\"service\"",
            "balance 3 belongs to an account that is not there"
        ),
        ("codex-pay-2", "codex-pay", "balance 2 has the token or provider of another one"),
        ("\"service\":\"link\"", "\"service\":\"lonk\"", "balance 3 is not as written"),
        ("\"sealed\":\"AQID\"", "\"sealed\":\"AQI!\"", "balance 1 is not as written"),
        ("\"sealed\":\"AQID\"", "\"sealed\":7", "balance 1 is not as written"),
        ("\"digest\":\"", "\"digest\":\"0", "balance 1 is not as written"),
        ("\"issued\"", "\"issue\"", "balance 1 is not as written"),
    ]

    @Test(arguments: damages) func damageNamesItsPlace(
        from: String, to: String, expected: String
    ) throws {
        let text = String(decoding: try Self.filled().encoded, as: UTF8.self)
        let range = try #require(Self.range(of: from, in: text))
        let changed = text.replacingCharacters(range, with: to)
        #expect(throws: DirectoryError.damaged(expected)) {
            try DirectoryContent(decoding: [UInt8](changed.utf8))
        }
    }

    private static func range(of part: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(part) {
                return start..<text.index(start, offsetBy: part.count)
            }
            start = text.index(after: start)
        }
        return nil
    }

    @Test func providersAreNumberedWithinAnAccount() throws {
        let content = try Self.filled()
        let first = try #require(AccountID("a_1"))
        let second = try #require(AccountID("a_2"))
        #expect(content.nextProvider(first, .pay) == "tinygateway-codex-pay-3")
        #expect(content.nextProvider(first, .boost) == "tinygateway-codex-boost")
        #expect(content.nextProvider(second, .pay) == "tinygateway-codex-pay-2")
    }

    @Test func sealedTokensOpenForTheirBalanceOnly() throws {
        let key = SecretBytes([UInt8](repeating: 9, count: 32).span)
        let other = SecretBytes([UInt8](repeating: 8, count: 32).span)
        let balance = try #require(BalanceID("b_1"))
        let stranger = try #require(BalanceID("b_2"))
        let token = Self.token(4)
        var sealed = TokenSeal(key: key).seal(token, of: balance)
        #expect(TokenSeal(key: key).open(sealed, of: balance)?.text == token.text)
        #expect(TokenSeal(key: key).open(sealed, of: stranger) == nil)
        #expect(TokenSeal(key: other).open(sealed, of: balance) == nil)
        sealed[20] ^= 1
        #expect(TokenSeal(key: key).open(sealed, of: balance) == nil)
    }

    /// Stands in for the writer: keeps the completions until the test lets them happen.
    final class Disk {
        var writes: [(bytes: [UInt8], done: (FileError?) -> Void)] = []

        func finish(_ error: FileError? = nil) {
            writes.removeFirst().done(error)
        }
    }

    @Test func aTokenCountsOnceItIsOnTheDisk() throws {
        let disk = Disk()
        let directory = Directory(DirectoryContent()) { disk.writes.append(($0, $1)) }
        var outcomes: [DirectoryError?] = []
        let add: Directory.Change = { content throws(DirectoryError) in
            try content.add(Self.account(1))
        }
        directory.change(add) {
            outcomes.append($0)
        }
        let set: Directory.Change = { content throws(DirectoryError) in
            try content.set(Self.record("b_1"))
        }
        directory.change(set) {
            outcomes.append($0)
        }
        // One after the other.
        #expect(disk.writes.count == 1)
        disk.finish()
        #expect(disk.writes.count == 1)
        #expect(directory.access(Self.token(1)) == nil)
        disk.finish()
        #expect(directory.access(Self.token(1))?.balance.text == "b_1")
        #expect(outcomes == [nil, nil])
    }

    @Test func rotatingReplacesAtOnceAndAFailedWriteChangesNothing() throws {
        let disk = Disk()
        let directory = Directory(try Self.filled()) { disk.writes.append(($0, $1)) }
        let full = FileError.failed(call: "write", path: "directory.json", code: 28)
        let rotate: Directory.Change = { content throws(DirectoryError) in
            try content.set(Self.record("b_1", token: 9))
        }
        var outcome: DirectoryError?
        directory.change(rotate) { outcome = $0 }
        disk.finish(full)
        #expect(outcome == .notWritten(full))
        #expect(directory.access(Self.token(1)) != nil)
        #expect(directory.access(Self.token(9)) == nil)
        directory.change(rotate) { outcome = $0 }
        disk.finish()
        #expect(outcome == nil)
        #expect(directory.access(Self.token(1)) == nil)
        #expect(directory.access(Self.token(9)) != nil)
        directory.setAside([BalanceID("b_1")!])
        #expect(directory.access(Self.token(9)) == nil)
    }

    @Test func whatMustBeUniqueIsRefusedUnwritten() throws {
        let disk = Disk()
        let directory = Directory(try Self.filled()) { disk.writes.append(($0, $1)) }
        var outcome: DirectoryError?
        let add: Directory.Change = { content throws(DirectoryError) in
            try content.add(
                Account(id: AccountID("a_9")!, email: "USER1@example.com", created: Self.moment))
        }
        directory.change(add) { outcome = $0 }
        #expect(outcome == .repeated("USER1@example.com"))
        let set: Directory.Change = { content throws(DirectoryError) in
            try content.set(Self.record("b_9", provider: "tinygateway-codex-pay-9", token: 2))
        }
        directory.change(set) { outcome = $0 }
        #expect(outcome == .repeated("a token"))
        #expect(disk.writes.isEmpty)
    }

    @Test func tellsAddresses() {
        for good in ["a@b", "you+x@example.com", "ü@example.com"] { #expect(Account.isEmail(good)) }
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "\"a\"@b"] {
            #expect(!Account.isEmail(bad))
        }
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
