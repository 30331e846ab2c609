import Billing
import Foundation
import Testing

@testable import TinyGateway

@Suite("Proxy: a login and its file") struct ManagedLoginTests {
    let world = LoginWorld()

    func fresh(seconds: Int64 = 100_000) throws -> ManagedLogin {
        world.put(access: world.token("a1", seconds: seconds), refresh: "r1")
        return try world.login()
    }

    @Test func aGoodTokenIsReadyAtOnce() throws {
        let login = try fresh()
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        login.tick()
        #expect(outcomes == [true] && world.asked.isEmpty)
        #expect(login.authorization.hasPrefix("Bearer ") && login.accountID == "acc-1")
    }

    @Test func itIsRefreshedAheadOfItsExpiryAndWrittenBack() throws {
        let login = try fresh()
        world.pass(seconds: 90_000)
        login.tick()
        login.tick()
        #expect(world.sent == ["r1"])
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        #expect(outcomes == [true], "the old token is good still")
        let new = world.token("a2", seconds: 100_000)
        world.answer(access: new, refresh: "r2")
        #expect(login.authorization == "Bearer " + new)
        #expect(world.refreshInFile == "r2")
        #expect(world.document?.lastRefresh == world.now)
        login.tick()
        #expect(world.sent == ["r1"] && world.alarms.isEmpty && world.writes == 1)
    }

    @Test func allWaitForOneRefresh() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        var outcomes: [Bool] = []
        for _ in 0..<50 { login.ready { outcomes.append($0) } }
        #expect(outcomes.isEmpty && world.sent == ["r1"])
        world.answer(access: world.token("a2", seconds: 100), refresh: "r2")
        #expect(outcomes == Array(repeating: true, count: 50))
    }

    @Test func whoWaitsInVainIsTold() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        world.fail(.unreachable)
        login.ready { outcomes.append($0) }
        #expect(outcomes == [false, false] && world.sent.count == 1)
        world.pass(seconds: 60)
        login.ready { outcomes.append($0) }
        #expect(world.sent == ["r1", "r1"], "nothing was sent the first time")
        world.answer(access: world.token("a2", seconds: 100), refresh: "r2")
        #expect(outcomes == [false, false, true])
        #expect(
            world.alarms == [
                "managed credential not refreshed: auth:x: the token endpoint cannot be reached"
            ])
    }

    @Test func anEndedLoginWaitsForTheFile() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        login.tick()
        world.answer(status: 401, "{\"error\":{\"code\":\"refresh_token_expired\"}}")
        for _ in 0..<100 {
            world.pass(seconds: 1000)
            login.tick()
        }
        #expect(world.sent == ["r1"])
        world.put(access: world.token("b1", seconds: 100_000), refresh: "s1")
        world.pass(seconds: 60)
        login.tick()
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        #expect(outcomes == [true] && world.sent == ["r1"])
    }

    @Test func theFileIsLookedAtBeforeARefresh() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        world.put(access: world.token("b1", seconds: 100_000), refresh: "s1", account: "acc-2")
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        #expect(outcomes == [true] && world.sent.isEmpty)
        #expect(login.accountID == "acc-2")
    }

    @Test func whoeverWasFasterIsBelieved() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        // Codex has used the same refresh token a moment before.
        world.put(access: world.token("b1", seconds: 100_000), refresh: "r2")
        world.answer(status: 401, "{\"error\":{\"code\":\"refresh_token_reused\"}}")
        #expect(outcomes == [true] && world.alarms.isEmpty)
    }

    @Test func aLoginDuringARefreshIsNotOverwritten() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        login.tick()
        world.pass(seconds: 1)
        world.put(access: world.token("b1", seconds: 100_000), refresh: "s1")
        world.pass(seconds: 60)
        login.tick()
        world.answer(access: world.token("a2", seconds: 100_000), refresh: "r2")
        #expect(world.refreshInFile == "s1" && world.writes == 0)
        world.pass(seconds: 99_000)
        login.tick()
        #expect(world.sent == ["r1", "s1"])
    }

    @Test func aCopyFromBeforeIsOverwritten() throws {
        let first = world.token("a1", seconds: 100_000)
        let login = try fresh()
        let moment = world.now.text
        world.pass(seconds: 90_000)
        login.tick()
        world.answer(access: world.token("a2", seconds: 100_000), refresh: "r2")
        world.pass(seconds: 60)
        login.tick()
        // A tool that keeps files as they were puts the old one back.
        world.put(access: first, refresh: "r1", lastRefresh: moment)
        world.pass(seconds: 60)
        login.tick()
        #expect(world.refreshInFile == "r2" && world.writes == 2)
    }

    @Test func whatElseWasChangedInTheFileStays() throws {
        let access = world.token("a1", seconds: 20)
        world.put(access: access, refresh: "r1")
        let moment = world.now.text
        let login = try world.login()
        world.pass(seconds: 60)
        login.tick()
        world.put(access: access, refresh: "r1", lastRefresh: moment, more: ",\"note\":7")
        world.answer(access: world.token("a2", seconds: 100_000), refresh: "r2")
        #expect(world.refreshInFile == "r2")
        let bytes = try Files.read(world.path, bytesMax: 65_536)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"note\":7"))
    }

    @Test func tokensThatCannotBeWrittenAreKept() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        world.writeError = .failed(call: "write", path: "p", code: 28)
        login.tick()
        world.answer(access: world.token("a2", seconds: 100_000), refresh: "r2")
        #expect(login.isOnlyInMemory && world.alarms.count == 1)
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        #expect(outcomes == [true])
        for _ in 0..<59 {
            world.pass(seconds: 1)
            login.tick()
        }
        #expect(world.writes == 1)
        world.writeError = nil
        world.pass(seconds: 1)
        login.tick()
        #expect(world.writes == 2 && world.refreshInFile == "r2" && !login.isOnlyInMemory)
    }

    @Test func whileAWriteIsUnderWayAnotherWaits() throws {
        let login = try fresh(seconds: 200)
        world.isHolding = true
        world.pass(seconds: 150)
        login.tick()
        world.answer(access: world.token("a2", seconds: 200), refresh: "r2")
        world.pass(seconds: 150)
        login.tick()
        #expect(world.sent == ["r1", "r2"], "the newer one, though it is not written yet")
        world.answer(access: world.token("a3", seconds: 100_000), refresh: "r3")
        #expect(world.held.count == 1)
        world.held.removeFirst()()
        #expect(world.refreshInFile == "r2" && login.isOnlyInMemory)
        world.isHolding = false
        world.pass(seconds: 60)
        login.tick()
        #expect(world.refreshInFile == "r3" && !login.isOnlyInMemory)
    }

    @Test func aMissingFileEndsNothingAndIsNotMade() throws {
        let login = try fresh()
        try FileManager.default.removeItem(atPath: world.path)
        world.pass(seconds: 90_000)
        login.tick()
        #expect(world.sent.isEmpty && world.alarms.count > 0)
        var outcomes: [Bool] = []
        login.ready { outcomes.append($0) }
        #expect(outcomes == [true])
        world.pass(seconds: 10_000)
        login.ready { outcomes.append($0) }
        #expect(outcomes == [true, false] && !Files.exists(world.path))
        world.put(access: world.token("b1", seconds: 100_000), refresh: "s1")
        world.pass(seconds: 60)
        login.ready { outcomes.append($0) }
        #expect(outcomes == [true, false, true])
    }

    @Test func aFileThatIsBeingWrittenIsReadLater() throws {
        let login = try fresh()
        world.put("{\"tokens\":{\"access_")
        world.pass(seconds: 60)
        login.tick()
        #expect(
            world.alarms == [
                "auth.json not readable: auth:x: \(world.path) is no JSON document: it ends too early"
            ])
        world.put(access: world.token("b1", seconds: 100_000), refresh: "s1")
        world.pass(seconds: 60)
        login.tick()
        #expect(login.authorization.hasPrefix("Bearer e") && world.refreshInFile == "s1")
        world.pass(seconds: 95_000)
        login.tick()
        #expect(world.sent == ["s1"])
    }

    @Test func a401BeginsARefreshAtOnceAndOnlyOne() throws {
        let login = try fresh()
        #expect(login.rejected() && login.rejected())
        #expect(world.sent == ["r1"])
        #expect(login.restEnd(at: world.now) == world.now)
        world.answer(access: world.token("a2", seconds: 100_000), refresh: "r2")
        #expect(login.restEnd(at: world.now) == nil)
        #expect(!login.rejected(), "it is new: others are asked first, and no more")
        #expect(world.sent == ["r1"])
    }

    @Test func anAnswerWithoutAnAccessTokenLosesNoRefreshToken() throws {
        let login = try fresh(seconds: 20)
        world.pass(seconds: 60)
        login.tick()
        world.answer("{\"refresh_token\":\"r2\"}")
        #expect(world.refreshInFile == "r2" && login.schedule.fault == .unreadable)
        world.pass(seconds: 60)
        login.tick()
        #expect(world.sent == ["r1", "r2"])
    }

    @Test func theEndWaitsForARefreshUnderWay() throws {
        let login = try fresh(seconds: 20)
        var isFinished = false
        world.pass(seconds: 60)
        login.tick()
        login.finish { isFinished = true }
        login.tick()
        #expect(!isFinished)
        world.answer(access: world.token("a2", seconds: 10), refresh: "r2")
        #expect(isFinished && world.refreshInFile == "r2" && world.sent == ["r1"])
        world.pass(seconds: 60)
        var isAgain = false
        login.finish { isAgain = true }
        #expect(isAgain)
    }

    @Test func noAlarmShowsASecret() throws {
        let login = try fresh(seconds: 20)
        let secret = login.authorization.dropFirst(7)
        for step in 0..<6 {
            world.pass(seconds: 4000)
            login.tick()
            switch step {
            case 0: world.fail(.unanswered)
            case 1: world.answer(status: 500, "r1 \(secret)")
            case 2: world.answer("\(secret)")
            case 3: world.answer(status: 403, "{\"error\":{\"code\":\"r1\"}}")
            case 4: world.put("{\"r1\":1,\"r1\":2}")
            default: world.answer(status: 401, "{\"error\":{\"code\":\"r1\"}}")
            }
        }
        #expect(world.alarms.count >= 5)
        for alarm in world.alarms {
            #expect(!alarm.contains(secret) && !alarm.contains("r1"), "\(alarm)")
        }
    }
}
