import Testing

@testable import TinyGateway

@Suite("Proxy: the body that may be sent again") struct KeptBodyTests {
    static func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

    @Test func itCountsAsBuffered() {
        let budget = BufferBudget()
        var body = KeptBody(budget: budget, bytesMax: 10)
        body.append(Self.bytes("hello").span)
        body.append(Self.bytes("world").span)
        #expect(body.bytes == Self.bytes("helloworld"))
        #expect(!body.isLost)
        #expect(budget.held == 10)
        body.replace(Self.bytes("short"))
        #expect(budget.held == 5)
        body.abandon()
        #expect(body.isLost)
        #expect(body.bytes.isEmpty)
        #expect(budget.held == 0)
    }

    @Test func whatIsTooLongCanBeSentOnceMore() {
        let budget = BufferBudget()
        var body = KeptBody(budget: budget, bytesMax: 4)
        body.append(Self.bytes("abcd").span)
        #expect(!body.isLost)
        body.append(Self.bytes("e").span)
        #expect(body.isLost)
        #expect(body.bytes == Self.bytes("abcde"))
        body.forget()
        #expect(budget.held == 0)
    }

    @Test func noneIsKeptWithoutMemory() {
        let budget = BufferBudget()
        budget.limit = 3
        budget.take(3)
        var body = KeptBody(budget: budget, bytesMax: 100)
        body.append(Self.bytes("a").span)
        #expect(body.isLost)
        body.forget()
        #expect(budget.held == 3)
    }
}
