import Billing

@testable import TinyGateway

/// A token endpoint that takes each refresh token once, an operator who logs in now and then, a
/// disk that fails, and weeks of requests on a virtual clock.
final class CredentialSimulation {
    private let world = LoginWorld()
    private var random: SeededGenerator
    private var number = 0
    /// The refresh token that the endpoint would take.
    private var valid = ""
    /// One that it has taken without its answer ever arriving.
    private var lost: String?
    private(set) var refreshes = 0
    private(set) var served = 0
    private(set) var refused = 0
    private(set) var faults: [String] = []
    private var asked = 0
    private var told = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    func run(steps: Int) throws {
        logIn()
        var login = try world.login()
        for _ in 0..<steps {
            world.pass(seconds: Int64(1 + random.next() % 600))
            world.writeError = chance(5) ? .failed(call: "write", path: "p", code: 28) : nil
            login.tick()
            if chance(3) { answer(login) }
            request(login)
            guard world.asked.isEmpty else { continue }
            if chance(40) { logIn() }
            // A restart, when nothing would be lost by it.
            if chance(50), !login.isOnlyInMemory { login = try world.login() }
        }
        settle(login)
    }

    private func settle(_ login: ManagedLogin) {
        world.writeError = nil
        answer(login)
        world.pass(seconds: 60)
        login.tick()
        answer(login)
        if login.isOnlyInMemory { faults.append("the newest tokens are not in the file") }
        if told != asked { faults.append("\(asked) requests asked and \(told) were told") }
    }

    private func chance(_ one: Int) -> Bool {
        random.next() % UInt64(one) == 0
    }

    private func issue() -> (access: String, refresh: String) {
        number += 1
        valid = "r\(number)"
        let life = Int64(300 + random.next() % (chance(2) ? 1_000 : 864_000))
        return (world.token("a\(number)", seconds: life), valid)
    }

    /// The operator, or Codex with the same file.
    private func logIn() {
        lost = nil
        let new = issue()
        world.put(access: new.access, refresh: new.refresh)
    }

    private func answer(_ login: ManagedLogin) {
        guard let question = world.asked.first?.content["refresh_token"]?.string else { return }
        if world.asked.count > 1 { faults.append("two refreshes at once") }
        if chance(8) { return world.fail(.unreachable) }
        if chance(8) { return world.answer(status: 503, "busy") }
        guard question == valid else { return refuse(question, login) }
        refreshes += 1
        let new = issue()
        guard chance(10) else {
            lost = nil
            return world.answer(access: new.access, refresh: new.refresh)
        }
        lost = question
        world.fail(.unanswered)
    }

    /// A spent token may come again only when its answer was lost, and only when the access token
    /// is of no use any more.
    private func refuse(_ question: String, _ login: ManagedLogin) {
        if question != lost { faults.append("\(question) was sent again; \(valid) is the one") }
        if login.schedule.isUsable(at: world.now) {
            faults.append("\(question) was risked although the access token is good")
        }
        world.answer(status: 401, "{\"error\":{\"code\":\"refresh_token_reused\"}}")
    }

    private func request(_ login: ManagedLogin) {
        asked += 1
        login.ready { isReady in
            self.told += 1
            guard isReady else {
                self.refused += 1
                return
            }
            self.served += 1
            let token = String(login.authorization.dropFirst(7))
            if let expires = TokenClaims(token).expires, expires <= self.world.now {
                self.faults.append("an expired token is sent")
            }
        }
    }
}
