import Billing
import Testing

@testable import TinyGateway

@Suite("Commands: keepalive") struct KeepaliveCommandTests {
    static func open(_ service: String, in place: OperationTests.Place) throws -> String {
        let account = try place.account("\(service)@example.com")
        let output = try place.run("balance", "open", account, service, "--json")
        return try #require(try OperationTests.Place.field("balance", output.output))
    }

    static func file(_ place: OperationTests.Place) throws -> DirectoryContent {
        try Directory.read(place.directory + "/" + Directory.fileName)
    }

    @Test(arguments: ["link", "boost"]) func itIsSwitchedOnAndOff(service: String) throws {
        let place = try OperationTests.Place()
        let balance = try Self.open(service, in: place)
        let id = try #require(BalanceID(balance))
        let before = try place.run("balance", "show", balance, "--json")
        #expect(
            before.output.hasSuffix(
                ",\"keepalive\":\"off\",\"keepalive_last\":null,\"keepalive_next\":null}\n"))
        let on = try place.run("keepalive", balance, "on", "--json")
        #expect(on.status == .done && on.error == "")
        #expect(
            on.output.hasPrefix("{\"balance\":\"\(balance)\",\"service\":\"\(service)\",")
                && on.output.hasSuffix(
                    ",\"keepalive\":\"on\",\"keepalive_last\":null,\"keepalive_next\":null}\n")
        )
        #expect(try Self.file(place).record(id)?.keepalive == KeepaliveRecord())
        #expect(try place.run("token", "rotate", balance).status == .done)
        #expect(try Self.file(place).record(id)?.keepalive == KeepaliveRecord())
        #expect(try place.run("keepalive", balance, "on").status == .done)
        let off = try place.run("keepalive", balance, "off")
        #expect(off.status == .done && off.output.contains("keepalive    off\n"))
        #expect(try Self.file(place).record(id)?.keepalive == nil)
    }

    @Test func whatIsWrongIsSaid() throws {
        let place = try OperationTests.Place()
        let balance = try Self.open("pay", in: place)
        let pay = try place.run("keepalive", balance, "on")
        #expect(
            pay
                == .refused(
                    "\(balance) is of pay, which uses no login of the customer's; keepalive is for link "
                        + "and boost"))
        #expect(try place.run("keepalive", balance, "maybe").status == .usage)
        #expect(try place.run("keepalive", balance).status == .usage)
        #expect(try place.run("keepalive", "b_none", "on").status == .refused)
        let shown = try place.run("balance", "show", balance, "--json")
        #expect(!shown.output.contains("keepalive"))
        let link = try Self.open("link", in: place)
        place.configuration.keepalive.dailyLimit = 0
        #expect(
            try place.run("keepalive", link, "on").error
                == "tinygateway: keepalive.daily_limit is 0: nothing is sent for anybody\n")
    }

    @Test func whatWasFoundIsShown() throws {
        let place = try OperationTests.Place()
        let balance = try Self.open("link", in: place)
        _ = try place.run("keepalive", balance, "on")
        var content = try Self.file(place)
        let last = KeepaliveResult(
            at: KeepaliveRecordTests.moment, outcome: .answered(200),
            primary: KeepaliveRecordTests.window,
            secondary: KeepaliveResult.Window(usedPercent: 3, resets: nil))
        content.updateKeepalives { _ in
            KeepaliveRecord(
                login: KeepaliveRecordTests.login,
                plan: KeepalivePlan(due: KeepaliveRecordTests.moment, number: 2), last: last)
        }
        try Files.replace(
            place.directory + "/" + Directory.fileName, content.encoded, mode: Directory.mode)
        let moment = "2026-11-22T10:00:00.000Z"
        let json = try place.run("balance", "show", balance, "--json")
        #expect(
            json.output.hasSuffix(
                ",\"keepalive\":\"on\",\"keepalive_last\":{\"at\":\"\(moment)\",\"status\":200,"
                    + "\"primary_used_percent\":12,\"primary_resets\":\"\(moment)\","
                    + "\"secondary_used_percent\":3},\"keepalive_next\":\"\(moment)\"}\n"))
        let text = try place.run("balance", "show", balance)
        #expect(
            text.output.contains(
                "last keepalive  \(moment) status 200, primary window 12% until \(moment), "
                    + "secondary window 3%\nnext keepalive  \(moment)\n"))
    }
}
