import Billing
import Testing

@testable import TinyGateway

@Suite("Proxy: several credentials") struct CredentialsTests {
    let world = LoginWorld()
    let loop = EventLoop()

    var pool: UpstreamPool {
        UpstreamPool(
            loop: loop, origin: UpstreamOrigin(URL("http://127.0.0.1:9/v1")!), limits: Limits(),
            tls: TLSClientContext(caFile: "", buffers: TLSBuffers(loop: loop)))
    }

    func key(_ name: String) -> Credential {
        Credential(name: name, pool: pool, key: "sk-" + name)
    }

    func login(_ name: String, seconds: Int64) throws -> Credential {
        world.put(access: world.token("a1", seconds: seconds), refresh: "r1")
        return Credential(name: name, pool: pool, login: try world.login(name))
    }

    func credentials(_ all: [Credential]) -> (Credentials, Alarms) {
        let alarms = Alarms(clock: { self.world.now.millisecondsSince1970 })
        return (Credentials(all, alarms: alarms, clock: { self.world.now }), alarms)
    }

    @Test func aKeyIsItsField() {
        let credential = key("env:A")
        #expect(credential.authorization == "Bearer sk-env:A" && credential.accountID == nil)
        var isReady = false
        credentials([credential]).0.ready(credential) { isReady = $0 }
        #expect(isReady)
    }

    @Test func whoRefusedIsNotAskedAgainForThatRequest() {
        let (credentials, _) = credentials([key("env:A"), key("env:B"), key("env:C")])
        var tried: [Credential] = []
        while let next = credentials.choose(thread: "t", tried: tried) {
            #expect(!tried.contains { $0 === next })
            tried.append(next)
        }
        #expect(tried.count == 3)
    }

    @Test func aThreadLeavesARestingCredentialAndComesBack() throws {
        let (credentials, alarms) = credentials([key("env:A"), key("env:B")])
        let own = try #require(credentials.choose(thread: "t", tried: []))
        let reset = world.now.millisecondsSince1970 / 1000 + 100
        credentials.refused(own, status: 429, code: "usage_limit_reached", resetsAt: reset)
        #expect(credentials.choose(thread: "t", tried: []) !== own)
        world.pass(seconds: 99)
        #expect(credentials.choose(thread: "t", tried: []) !== own)
        world.pass(seconds: 1)
        #expect(credentials.choose(thread: "t", tried: []) === own)
        #expect(alarms.rows.map { $0.detail } == ["\(own.name): usage limit reached"])
    }

    @Test func aSuccessEndsARest() throws {
        let (credentials, _) = credentials([key("env:A"), key("env:B")])
        let own = try #require(credentials.choose(thread: "t", tried: []))
        credentials.refused(own, status: 403, code: nil, resetsAt: nil)
        #expect(credentials.choose(thread: "t", tried: []) !== own)
        credentials.succeeded(own)
        #expect(credentials.choose(thread: "t", tried: []) === own)
    }

    @Test func aSingleCredentialIsAlwaysAsked() throws {
        let only = key("env:A")
        let (credentials, _) = credentials([only])
        credentials.refused(only, status: 401, code: nil, resetsAt: nil)
        #expect(credentials.choose(thread: "t", tried: []) === only)
        #expect(credentials.choose(thread: "t", tried: [only]) == nil)
    }

    @Test func aLoginThatCannotBeUsedIsAskedLast() throws {
        let expired = try login("auth:x", seconds: 20)
        let (credentials, _) = credentials([expired, key("env:B")])
        world.pass(seconds: 60)
        for thread in 0..<20 {
            #expect(credentials.choose(thread: "\(thread)", tried: [])?.name == "env:B")
        }
        // Its refresh is under way, and B rests: it is sooner ready.
        credentials.tick()
        credentials.refused(
            try #require(credentials.choose(thread: "t", tried: [])), status: 403, code: nil,
            resetsAt: nil)
        #expect(credentials.choose(thread: "t", tried: []) === expired)
        world.answer(status: 401, "")
        #expect(credentials.choose(thread: "t", tried: [])?.name == "env:B", "it will never be")
    }

    @Test func a401OfALoginBeginsARefreshAndOfAKeyARest() throws {
        let own = try login("auth:x", seconds: 100_000)
        let other = key("env:B")
        let (credentials, alarms) = credentials([own, other])
        credentials.refused(own, status: 401, code: "invalid_api_key", resetsAt: nil)
        #expect(world.sent == ["r1"] && own.rest == nil)
        for thread in 0..<20 {
            #expect(credentials.choose(thread: "\(thread)", tried: []) === other)
        }
        var outcomes: [Bool] = []
        credentials.ready(own) { outcomes.append($0) }
        world.answer(access: world.token("a2", seconds: 100_000), refresh: "r2")
        #expect(outcomes == [true])
        let back = (0..<20).contains { credentials.choose(thread: "\($0)", tried: []) === own }
        #expect(back)
        // The new token is refused as well: now it rests like a key.
        credentials.refused(own, status: 401, code: nil, resetsAt: nil)
        credentials.refused(other, status: 401, code: nil, resetsAt: nil)
        #expect(own.rest?.until == world.now + 300_000)
        #expect(other.rest?.until == world.now + 300_000)
        #expect(world.sent == ["r1"] && alarms.rows.map { $0.count } == [3])
    }

    @Test func statusSaysWhatTheOperatorWantsToKnow() throws {
        let own = try login("auth:x", seconds: 1000)
        let other = key("env:B")
        let (credentials, _) = credentials([own, other])
        let expires = "2026-11-18T11:23:20.000Z"
        #expect(
            credentials.facts.map { $0.0 + ": " + $0.1 } == [
                "credential auth:x: ready, token until \(expires), 0 answers",
                "credential env:B: ready, 0 answers",
            ])
        credentials.succeeded(other)
        credentials.refused(other, status: 429, code: "insufficient_quota", resetsAt: nil)
        #expect(
            credentials.facts[1].1
                == "rests until 2026-11-18T11:11:40.000Z (no quota), 1 answers, last "
                + "2026-11-18T11:06:40.000Z")
        world.pass(seconds: 2000)
        #expect(credentials.facts[0].1 == "expired, token until \(expires), 0 answers")
        credentials.tick()
        #expect(credentials.facts[0].1 == "refreshing, token until \(expires), 0 answers")
        world.answer(status: 401, "")
        #expect(
            credentials.facts[0].1
                == "expired, token until \(expires), not refreshed: the login is over (status 401); "
                + "log in again with `codex login`, 0 answers")
        for (name, text) in credentials.facts {
            #expect(!(name + text).contains("sk-") && !text.contains("Bearer"))
        }
    }

    @Test func theEndWaitsForEveryLogin() throws {
        let first = try login("auth:x", seconds: 20)
        let second = Credential(name: "auth:y", pool: pool, login: try world.login("auth:y"))
        let (credentials, _) = credentials([first, key("env:B"), second])
        world.pass(seconds: 60)
        credentials.tick()
        var isFinished = false
        credentials.finish { isFinished = true }
        world.fail(.unreachable)
        #expect(!isFinished)
        world.fail(.unreachable)
        #expect(isFinished)
    }
}
