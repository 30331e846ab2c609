import Billing
import Testing

@testable import TinyGateway

/// Customers, their logins, an upstream and a disk, all on a virtual clock: what
/// `KeepaliveSchedule` meets in a month. It keeps its own books of what may be asked, and says when
/// a rule is broken.
struct KeepaliveWorld {
    struct Customer {
        let id: BalanceID
        /// Nothing ever happens to this one but that it is asked.
        var isPlain = false
        var isOn = true
        var login: KeepaliveLogin
        /// Of the login: what the upstream says to it, and what it has said to this process.
        var isRefused = false
        var isToldRefused = false
        /// Of the account: until when its usage is spent, and what is known of it.
        var spentUntil: Timestamp?
        var toldSpentUntil: Timestamp?
        var isOver = false
        var isAsked = false
        var day: CivilDay?
        var asked = 0
        var askedInAll = 0
        var last: Timestamp?
        var lastResult: KeepaliveResult?
        var longestGap: Int64 = 0
    }

    struct Answer {
        let customer: Int
        let login: KeepaliveLogin
        let at: Timestamp
    }

    static let step: Int64 = 5_000
    let terms: KeepaliveTerms
    let chance: Chance
    var now = Timestamp(millisecondsSince1970: 1_763_771_712_345)
    var customers: [Customer] = []
    var places: [BalanceID: Int] = [:]
    var schedule: KeepaliveSchedule
    var disk = DirectoryContent()
    /// What is on its way to the disk, and when it is there; the disk may refuse it.
    var writing: (content: DirectoryContent, at: Timestamp)?
    var answers: [Answer] = []
    var faults: [String] = []
    var requests = 0
    var writes = 0
    var restarts = 0
    /// Whether disks fail and processes die.
    var isRough: Bool
    private var logins: UInt32 = 0

    init(
        customers count: Int, plain: Int, terms: KeepaliveTerms, seed: UInt64, isRough: Bool
    ) throws {
        self.terms = terms
        self.isRough = isRough
        let chance = Chance(seed: seed)
        self.chance = chance
        schedule = KeepaliveSchedule(terms) { chance.generator.next() }
        let account = AccountID("a_1")!
        try disk.add(Account(id: account, email: "me@example.com", created: now))
        for index in 0..<count {
            let id = BalanceID("b_\(index)")!
            let login = freshLogin(isEndless: index < plain)
            customers.append(Customer(id: id, isPlain: index < plain, login: login))
            places[id] = index
            try disk.set(
                AccessRecord(
                    balance: id, account: account, service: .link,
                    provider: "tinygateway-codex-link-\(index)",
                    digest: SHA256.digest(of: [UInt8](id.text.utf8)), issued: now,
                    keepalive: KeepaliveRecord(isOn: true)))
        }
        follow()
        for index in customers.indices { see(index) }
    }

    // MARK: Chance

    /// One generator for this world and the schedule in it.
    final class Chance {
        var generator: SeededGenerator

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }
    }

    func below(_ bound: Int) -> Int { Int(chance.generator.next() % UInt64(bound)) }

    func chance(_ one: Int) -> Bool { below(one) == 0 }

    mutating func freshLogin(isEndless: Bool) -> KeepaliveLogin {
        logins += 1
        let name = [UInt8]("\(logins)".utf8)
        let expires = isEndless || chance(8) ? nil : now + Int64(below(240)) * 3_600_000
        return KeepaliveLogin(sealed: "", digest: SHA256.digest(of: name), expires: expires)
    }

    // MARK: Time

    mutating func run(days: Int64) {
        let end = now.adding(days: days)
        while now < end && faults.isEmpty {
            now = now + Self.step
            if let writing, writing.at <= now { wrote(writing.content) }
            for answer in answers where answer.at <= now { arrive(answer) }
            answers.removeAll { $0.at <= now }
            live()
            begin()
            write()
            if isRough && chance(20_000) { crash() }
        }
    }

    /// What people do: about one thing an hour for all of them together, for each few hundred.
    private mutating func live() {
        guard chance(max(1, 200_000 / customers.count)) else { return }
        let index = below(customers.count)
        if customers[index].isPlain { return }
        switch below(8) {
        case 0, 1, 2:
            customers[index].login = freshLogin(isEndless: false)
            customers[index].isRefused = false
            customers[index].isToldRefused = false
            customers[index].toldSpentUntil = nil
            see(index)
        case 3: see(index)
        case 4: customers[index].isRefused = true
        case 5: customers[index].spentUntil = now + Int64(below(200)) * 3_600_000
        case 6: customers[index].isOver.toggle()
        default: switchConsent(index)
        }
    }

    private mutating func see(_ index: Int) {
        let customer = customers[index]
        if let expires = customer.login.expires, expires <= now { return }
        if customer.isRefused || !schedule.wants(customer.id, at: now) { return }
        schedule.saw(customer.id, customer.login, at: now)
    }

    // MARK: Requests

    private mutating func begin() {
        for balance in schedule.begin(at: now, isOver: { customers[places[$0]!].isOver }) {
            let index = places[balance]!
            let login = schedule.record(of: balance)?.login
            check(index, login)
            customersAsked(index)
            if let login {
                let seconds = Int64(1 + below(chance(100) ? Limits.keepaliveSeconds : 5))
                answers.append(Answer(customer: index, login: login, at: now + seconds * 1000))
            }
        }
        if answers.count > Limits.keepalivesUnderWay { fault(0, "too many under way") }
    }

    private mutating func customersAsked(_ index: Int) {
        requests += 1
        if let last = customers[index].last {
            let gap = now.millisecondsSince1970 - last.millisecondsSince1970
            // A day that had its share rests until the next.
            let isFull = customers[index].asked == terms.dailyLimit && last.day != now.day
            if !isFull { customers[index].longestGap = max(customers[index].longestGap, gap) }
        }
        if customers[index].day != now.day { customers[index].asked = 0 }
        customers[index].day = now.day
        customers[index].asked += 1
        customers[index].askedInAll += 1
        customers[index].last = now
        customers[index].isAsked = true
        if customers[index].asked > terms.dailyLimit { fault(index, "asked too often") }
    }

    /// The rules, by this world's own books.
    private mutating func check(_ index: Int, _ login: KeepaliveLogin?) {
        let customer = customers[index]
        if !customer.isOn { fault(index, "asked without consent") }
        if customer.isAsked { fault(index, "asked twice at once") }
        if customer.isOver { fault(index, "asked after the end of the pass") }
        if let expires = login?.expires, expires <= now { fault(index, "asked when expired") }
        if login == customer.login, customer.isToldRefused { fault(index, "asked after a 401") }
        if let spent = customer.toldSpentUntil, spent > now { fault(index, "asked when spent") }
    }

    private mutating func fault(_ index: Int, _ what: String) {
        faults.append("\(now.text) \(customers[index].id.text): \(what)")
    }

    private mutating func arrive(_ answer: Answer) {
        let index = answer.customer
        var outcome = KeepaliveResult.Outcome.answered(200)
        var spentUntil: Timestamp?
        if answer.login == customers[index].login && customers[index].isRefused {
            outcome = .answered(chance(2) ? 401 : 403)
            customers[index].isToldRefused = true
        } else if let spent = customers[index].spentUntil, spent > now {
            outcome = .answered(chance(2) ? 429 : 200)
            spentUntil = spent
            customers[index].toldSpentUntil = spent
        } else if chance(50) {
            outcome = chance(2) ? .unanswered : .answered(503)
        }
        let result = KeepaliveResult(at: now, outcome: outcome, spentUntil: spentUntil)
        customers[index].isAsked = false
        customers[index].lastResult = result
        schedule.ended(customers[index].id, result, at: now)
    }

    // MARK: The disk

    private mutating func write() {
        guard writing == nil, schedule.isWriteDue(at: now) else { return }
        schedule.beganWriting(at: now)
        var content = disk
        content.updateKeepalives { schedule.record(of: $0) }
        writing = (content, now + Int64(below(3)) * Self.step)
    }

    private mutating func wrote(_ content: DirectoryContent) {
        writing = nil
        if isRough && chance(10) { return schedule.failedToWrite() }
        writes += 1
        disk = content
        follow()
    }

    private mutating func follow() {
        for balance in schedule.follow(disk.records, at: now) {
            let index = places[balance]!
            customers[index].isAsked = false
            answers.removeAll { $0.customer == index }
        }
    }

    /// On the disk before anybody hears of it; one change after the other.
    private mutating func switchConsent(_ index: Int) {
        if let writing { wrote(writing.content) }
        customers[index].isOn.toggle()
        // What was known of it is gone.
        customers[index].isToldRefused = false
        customers[index].toldSpentUntil = nil
        var record = disk.record(customers[index].id)!
        record.keepalive = .switched(customers[index].isOn, from: record.keepalive)
        try? disk.set(record)
        if !customers[index].isOn, disk.record(record.balance)?.keepalive?.login != nil {
            fault(index, "the login stayed")
        }
        follow()
    }

    /// The process dies; a write under way may or may not have come through.
    private mutating func crash() {
        restarts += 1
        if let writing, chance(2) { disk = writing.content }
        writing = nil
        answers.removeAll()
        let chance = self.chance
        schedule = KeepaliveSchedule(terms) { chance.generator.next() }
        for index in customers.indices {
            let kept = disk.record(customers[index].id)?.keepalive
            customers[index].isAsked = false
            customers[index].toldSpentUntil = kept?.last?.spentUntil
            if kept?.isStopped != true { customers[index].isToldRefused = false }
        }
        now = now + Int64(below(7200)) * 1000
        follow()
    }
}
