import Testing

@testable import TinyGateway

@Test func smoke() { #expect(1 == 1) }
