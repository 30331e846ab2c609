import Billing
import Testing

@Test func moneyHolds() { #expect(Money(picodollars: 1).picodollars == 1) }
